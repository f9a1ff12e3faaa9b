#pragma once

#include <string>
#include <vector>

namespace portcullis::sendmail {

// The last lines of a mail log in which Sendmail says that something failed, made printable; at
// most ten of the last 64 KiB.
std::vector<std::string> complaints_in(const std::string& log_file);

}  // namespace portcullis::sendmail
