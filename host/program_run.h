#pragma once

#include <optional>
#include <string>
#include <vector>

namespace portcullis {

// What a program did.
struct ProgramRun {
  int exit_code = -1;  // -1: ended by a signal
  std::string output;  // standard output
  std::string errors;  // standard error

  bool succeeded() const { return exit_code == 0; }
};

// Runs a program to its end; nothing if it cannot be started or prints more than 16 MiB.
// command[0] is a path, or is looked for in /usr/sbin, /usr/bin, /sbin and /bin, whatever PATH
// says; no shell takes part. Standard input is empty, the environment is bare. Waits for the
// program and for whatever else holds its output open.
std::optional<ProgramRun> run_program(const std::vector<std::string>& command);

}  // namespace portcullis
