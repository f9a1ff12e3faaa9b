#include "cli/command.h"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>

namespace portcullis {

CommandOption* CommandOption::required() {
  option_.required();
  return this;
}

CommandOption* CommandOption::type_name(const std::string& name) {
  option_.type_name(name);
  return this;
}

CommandOption* CommandOption::excludes(CommandOption* other) {
  option_.excludes(&other->option_);
  return this;
}

CommandOption* CommandOption::capture_default_str() {
  option_.capture_default_str();
  return this;
}

CommandOption* CommandOption::repeatable() {
  option_.expected(1)->take_all();
  return this;
}

CommandOption* CommandOption::in_range(std::size_t least, std::size_t most) {
  option_.check(CLI::Range(least, most));
  return this;
}

CommandOption* Command::keep(CLI::Option* option) {
  return &options_.emplace_back(*option);
}

CommandOption* Command::add_option(const std::string& name, std::string& value,
                                   const std::string& help) {
  return keep(app_.add_option(name, value, help));
}

CommandOption* Command::add_option(const std::string& name, std::optional<std::string>& value,
                                   const std::string& help) {
  return keep(app_.add_option(name, value, help));
}

CommandOption* Command::add_option(const std::string& name, std::vector<std::string>& values,
                                   const std::string& help) {
  return keep(app_.add_option(name, values, help));
}

CommandOption* Command::add_option(const std::string& name, std::size_t& value,
                                   const std::string& help) {
  return keep(app_.add_option(name, value, help));
}

CommandOption* Command::add_option_taken_by(const std::string& name,
                                            const std::function<void(const std::string&)>& take,
                                            const std::string& help) {
  return keep(app_.add_option_function<std::string>(name, take, help));
}

CommandOption* Command::add_choice(const std::string& name, const std::vector<std::string>& words,
                                   std::function<void(std::size_t)> choose,
                                   const std::string& help) {
  const auto chosen = [words, choose = std::move(choose)](const std::string& word) {
    choose(static_cast<std::size_t>(std::ranges::find(words, word) - words.begin()));
  };
  return keep(
      app_.add_option_function<std::string>(name, chosen, help)->check(CLI::IsMember(words)));
}

CommandOption* Command::add_flag(const std::string& name, bool& value, const std::string& help) {
  return keep(app_.add_flag(name, value, help));
}

}  // namespace portcullis
