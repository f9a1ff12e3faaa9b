// portcullis: what the administrator types.

#include <csignal>
#include <exception>

#include "cli/command_line.h"
#include "cli/report.h"

namespace {

using portcullis::ExitCode;
using portcullis::Report;

Report run(int argc, const char* const* argv) {
  try {
    return portcullis::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    return portcullis::failure(ExitCode::internal, error.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  portcullis::occupy_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves is an error of write(2), and not our end
  std::signal(SIGXFSZ, SIG_IGN);  // so is a file that may not grow further
  return static_cast<int>(portcullis::write(run(argc, argv)));
}
