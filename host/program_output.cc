#include "host/program_output.h"

#include "host/program_run.h"

namespace portcullis {

std::optional<std::string> program_output(const std::vector<std::string>& command) {
  auto run = run_program(command);
  if (!run || !run->succeeded()) return {};
  return std::move(run->output);
}

}  // namespace portcullis
