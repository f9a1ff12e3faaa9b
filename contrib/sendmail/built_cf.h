#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "contrib/sendmail/sendmail_configuration.h"

namespace portcullis::sendmail {

// What Sendmail itself says of a sendmail.cf, by -bP: errors where it does not take it (unknown
// options and lines), else warnings (bad times, missing files). `about` is the file that is meant.
Diagnostics ask_sendmail(const SendmailTarget& target, const std::string& cf_file,
                         const std::string& about);

// sendmail.cf made of sendmail.mc: built and asked about aside, then renamed into place. What
// Sendmail says of it, and did not say of the one that is there, is an error.
tl::expected<void, Diagnostics> rebuild_cf(const SendmailTarget& target);

// sendmail.cf made of generated files, "sendmail.mc" and "portcullis.m4", wherever sendmail.mc says
// that portcullis.m4 is. It is put together in `directory`, for as long as m4 runs. Warnings where
// m4, or the directory of Sendmail's macros, is not at hand or says that something is wrong:
// nothing depends on it, and another machine may have all of it.
tl::expected<std::string, Diagnostics> build_generated_cf(const SendmailTarget& target,
                                                          const std::vector<GeneratedFile>& files,
                                                          const std::string& directory);

}  // namespace portcullis::sendmail
