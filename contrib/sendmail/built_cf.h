#pragma once

#include <string>

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

}  // namespace portcullis::sendmail
