#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace portcullis {

// One subcommand's grammar, by CLI11. Only command.cc, commands.cc and command_line.cc include that
// library: it is all in its headers, and takes a compiler longer than everything else in this
// folder. The members have CLI11's names and mean the same.
class CommandOption {
 public:
  explicit CommandOption(CLI::Option& option) : option_(option) {}
  CommandOption(const CommandOption&) = delete;
  CommandOption& operator=(const CommandOption&) = delete;

  CommandOption* required();
  // What stands for the value in the help; "" for nothing.
  CommandOption* type_name(const std::string& name);
  CommandOption* excludes(CommandOption* other);
  CommandOption* capture_default_str();
  // One value each time that the option is written, as often as wanted.
  CommandOption* repeatable();
  CommandOption* in_range(std::size_t least, std::size_t most);

 private:
  CLI::Option& option_;
};

class Command {
 public:
  explicit Command(CLI::App& app) : app_(app) {}
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  // "--name" is an option, "NAME" an operand. The value must outlive the parsing. The CommandOption
  // lives as long as the command.
  CommandOption* add_option(const std::string& name, std::string& value, const std::string& help);
  CommandOption* add_option(const std::string& name, std::optional<std::string>& value,
                            const std::string& help);
  CommandOption* add_option(const std::string& name, std::vector<std::string>& values,
                            const std::string& help);
  CommandOption* add_option(const std::string& name, std::size_t& value, const std::string& help);
  // `take` is given what was written, which may be empty.
  CommandOption* add_option_taken_by(const std::string& name,
                                     const std::function<void(const std::string&)>& take,
                                     const std::string& help);
  // One of `words`; `choose` is told which.
  CommandOption* add_choice(const std::string& name, const std::vector<std::string>& words,
                            std::function<void(std::size_t)> choose, const std::string& help);
  CommandOption* add_flag(const std::string& name, bool& value, const std::string& help);

  CLI::App& app() { return app_; }

 private:
  CommandOption* keep(CLI::Option* option);

  CLI::App& app_;
  std::deque<CommandOption> options_;
};

}  // namespace portcullis
