#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "cli/exit_code.h"

namespace portcullis {

// All that a subcommand has to say. Subcommands return it and print nothing themselves.
struct Report {
  ExitCode code = ExitCode::ok;
  std::string output;  // for standard output
  std::string errors;  // for standard error
};

// What a subcommand found, or what it says and ends with instead.
template <typename T>
using Found = tl::expected<T, Report>;

// A failure in one line: "portcullis: explain: ...", made fit for a terminal.
Report failure(ExitCode code, std::string_view message);

// Text that others chose (files, the daemon, the command line), made fit for a terminal.
std::string shown(std::string_view text);

// Writes both parts. The exit code is the report's own, or write_failed. A reader that has seen
// enough and left (`portcullis check | head -1`) is no failure.
ExitCode write(const Report& report);

// Makes descriptors 0 to 2 refer to something: a file that is opened while one of them is closed
// would take its number, and what is printed would be written into that file.
void occupy_standard_descriptors();

}  // namespace portcullis
