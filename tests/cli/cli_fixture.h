#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json_fwd.hpp>

#include "tests/mta/support/child_process.h"
#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {

// portcullis as it was built, with a policy of its own.
class Cli : public ::testing::Test {
 protected:
  void write_policy(std::string_view ini) const { scratch_.write("portcullis.conf", ini); }
  void write_list(std::string_view name, std::string_view text) const {
    scratch_.write(name, text);
  }
  std::string policy_path() const { return scratch_ / "portcullis.conf"; }

  // `portcullis ARGUMENTS...`
  static CommandResult run(const std::vector<std::string>& arguments);
  // `portcullis -c POLICY ARGUMENTS...`
  CommandResult run_here(std::vector<std::string> arguments) const;
  // What it prints as JSON; a failure of the test if it is none or the exit code is not 0.
  nlohmann::json json_here(std::vector<std::string> arguments) const;
  // A shell command in which "$P" is the program and "$C" the policy.
  CommandResult shell(const std::string& script) const;

  const ScratchDirectory scratch_{"cli"};
};

// True if the text holds nothing but printable ASCII and line ends.
bool is_fit_for_terminal(std::string_view text);

// The keys of a JSON object as they stand in the text.
std::vector<std::string> keys_of(const nlohmann::ordered_json& object);

}  // namespace portcullis::testing
