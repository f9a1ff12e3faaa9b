#pragma once

#include <optional>
#include <string>

#include <sys/types.h>
#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "contrib/sendmail/sendmail_target.h"

namespace portcullis::sendmail {

// The value of an option in the text of a sendmail.cf, "PidFile"; nothing if it is not set.
std::optional<std::string> cf_option(const std::string& cf_text, std::string_view name);

// The process that the PidFile of this sendmail.cf names, whether it is there or not.
std::optional<pid_t> recorded_daemon(const std::string& cf_file);

// The same, if it is there, is called sendmail and has not ended.
std::optional<pid_t> daemon_of(const std::string& cf_file);

// Makes the daemon read its configuration again. False if there is none, or none any more: it runs
// itself anew by the name that it was started by, and ends if that is no whole path. Takes a second
// while nothing is seen to happen.
bool tell_daemon(const std::string& cf_file);

// Ends the daemon: asks it, and kills it after two seconds. True if there is none any more.
bool end_daemon(const std::string& cf_file);

// Starts the daemon of a target, by systemd(1) where it is the one of the machine. Returns when it
// has gone into the background. Never by the command in the second line of the PidFile: others than
// root may have written it.
tl::expected<void, Diagnostics> start_daemon(const SendmailTarget& target);

}  // namespace portcullis::sendmail
