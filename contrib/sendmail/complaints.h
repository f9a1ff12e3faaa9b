#pragma once

#include <string>
#include <vector>

namespace portcullis::sendmail {

// The lines in the last MiB of a mail log in which Sendmail says that something failed, made
// printable. They may quote what a client has said.
std::vector<std::string> complaints_in(const std::string& log_file);

}  // namespace portcullis::sendmail
