#pragma once

#include <optional>
#include <string>
#include <vector>

namespace portcullis {

// What a program prints to its standard output; nothing if it cannot be started, fails, or prints
// more than 16 MiB. command[0] is looked for in /usr/sbin, /usr/bin, /sbin and /bin, whatever PATH
// says; no shell takes part. Standard input is empty, standard error is dropped, the environment is
// bare. Waits for the program.
std::optional<std::string> program_output(const std::vector<std::string>& command);

}  // namespace portcullis
