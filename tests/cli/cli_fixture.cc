#include "tests/cli/cli_fixture.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace portcullis::testing {

CommandResult Cli::run(const std::vector<std::string>& arguments) {
  std::vector<std::string> command{PORTCULLIS_PATH};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_command(command);
}

CommandResult Cli::run_here(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"-c", policy_path()});
  return run(arguments);
}

nlohmann::json Cli::json_here(std::vector<std::string> arguments) const {
  arguments.emplace_back("--json");
  const CommandResult result = run_here(std::move(arguments));
  EXPECT_EQ(result.status.code, 0) << result.error;
  nlohmann::json json = nlohmann::json::parse(result.output, nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << result.output;
  return json;
}

CommandResult Cli::shell(const std::string& script) const {
  ChildOptions options;
  options.environment = {{"P", PORTCULLIS_PATH}, {"C", policy_path()}};
  return run_command({"/bin/bash", "-c", script}, options);
}

bool is_fit_for_terminal(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
}

std::vector<std::string> keys_of(const nlohmann::ordered_json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  return keys;
}

}  // namespace portcullis::testing
