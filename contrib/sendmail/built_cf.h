#pragma once

#include <string>

#include <tl/expected.hpp>

#include "contrib/sendmail/sendmail_configuration.h"

namespace portcullis::sendmail {

// What Sendmail itself says of a sendmail.cf, by -bP: unknown options and lines, bad times. `about`
// is the file that is meant.
Diagnostics ask_sendmail(const SendmailTarget& target, const std::string& cf_file,
                         const std::string& about);

// sendmail.cf made of sendmail.mc: built and asked about aside, then renamed into place.
tl::expected<void, Diagnostics> rebuild_cf(const SendmailTarget& target);

}  // namespace portcullis::sendmail
