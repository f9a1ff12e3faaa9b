#pragma once

#include <deque>
#include <functional>
#include <string>

#include "cli/command.h"
#include "cli/common_options.h"
#include "cli/report.h"

namespace portcullis {

// The subcommands, as the command line knows them. Each adds itself by a function of its own,
// add_check(), add_explain()..., which command_line.cc lists; it keeps its arguments in a
// shared_ptr that `run` holds:
//
//   void add_check(Commands& commands) {
//     auto arguments = std::make_shared<CheckArguments>();
//     commands.add("check", "Say ...", [=](const CommonOptions& options) {
//       return check(options, *arguments);
//     }).add_flag("--strict", arguments->strict, "Fail on warnings too");
//   }
class Commands {
 public:
  using Run = std::function<Report(const CommonOptions&)>;

  // `app` must outlive the object.
  explicit Commands(CLI::App& app);
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;

  // A subcommand that takes the common options too, before or after its name.
  Command& add(const std::string& name, const std::string& help, Run run);
  // "list show": a subcommand of `group`.
  Command& add_to(Command& group, const std::string& name, const std::string& help, Run run);
  // A subcommand that only holds others.
  Command& add_group(const std::string& name, const std::string& help);

  // What the parsed command line chose, or nothing.
  const Run& chosen() const { return chosen_; }
  const CommonOptions& options() const { return options_; }

 private:
  Command& keep(CLI::App& app, Run run);

  CLI::App& app_;
  std::deque<Command> commands_;
  CommonOptions options_;
  Run chosen_;
};

}  // namespace portcullis
