#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

namespace portcullis::sendmail {

// The value of an option in the text of a sendmail.cf, "PidFile"; nothing if it is not set.
std::optional<std::string> cf_option(const std::string& cf_text, std::string_view name);

// The daemon that the PidFile of this sendmail.cf names, if it is a process called sendmail.
std::optional<pid_t> daemon_of(const std::string& cf_file);

}  // namespace portcullis::sendmail
