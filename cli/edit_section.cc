#include "cli/edit_section.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/set.h"
#include "cli/setting_name.h"
#include "cli/setting_value.h"
#include "config/entry_line.h"

namespace portcullis {
namespace {

// add-section class blocked action=deny "clients=file:blocked.list"
struct SectionArguments {
  std::vector<std::string> words;
  PolicyEditOptions how;
};

// The words before the first setting: "class blocked".
std::string title_in(const std::vector<std::string>& words) {
  std::string title;
  for (const std::string& word : words) {
    if (word.find('=') != std::string::npos) break;
    if (!title.empty()) title += ' ';
    title += word;
  }
  return title;
}

Report refused(std::string_view culprit, const Problem& problem) {
  return refusal(ExitCode::bad_data, culprit, problem.reason, problem.repair);
}

Found<std::string> write_setting(IniDocument& document, const std::string& title,
                                 const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos) {
    return tl::unexpected(refusal(ExitCode::usage, word, "is no setting", "write KEY=VALUE"));
  }
  const std::string key(trim(std::string_view(word).substr(0, equals)));
  const auto name = find_setting(fmt::format("{}.{}", title, key), document.titles());
  if (!name) return tl::unexpected(name.error());
  const std::string value(trim(std::string_view(word).substr(equals + 1)));
  if (document.line_of(title, key)) {
    return tl::unexpected(refusal(ExitCode::usage, key, "is given twice", "give it once"));
  }
  std::optional<Problem> problem;
  for (const auto& lines : ways_to_write(name->option->type, value, false)) {
    const auto set = document.set(title, key, lines);
    if (set) return value;
    if (!problem) problem = set.error();
  }
  return tl::unexpected(refused(value, *problem));
}

Found<PolicyEditResult> apply_add(IniDocument& document, const std::vector<std::string>& words) {
  const std::string title = title_in(words);
  if (const auto added = document.add_section(title); !added) {
    return tl::unexpected(refused(title, added.error()));
  }
  Json settings = Json::object();
  const auto first = std::ranges::find_if(
      words, [](const std::string& word) { return word.find('=') != std::string::npos; });
  for (auto word = first; word != words.end(); ++word) {
    const auto value = write_setting(document, title, *word);
    if (!value) return tl::unexpected(value.error());
    settings[word->substr(0, word->find('='))] = *value;
  }
  const auto line = document.line_of(title);
  return PolicyEditResult{fmt::format("[{}] stands in line {}\n", title, *line),
                          {{"section", title}, {"line", *line}, {"settings", std::move(settings)}}};
}

Found<PolicyEditResult> apply_remove(IniDocument& document, const std::string& wanted) {
  const auto title = find_section(wanted, document.titles());
  if (!title) return tl::unexpected(title.error());
  if (!document.remove_section(*title)) {  // [daemon] and its like need not be written
    return PolicyEditResult{fmt::format("[{}] is not written\n", *title), {{"section", *title}}};
  }
  return PolicyEditResult{fmt::format("[{}] has been removed\n", *title), {{"section", *title}}};
}

Command& add_command(Commands& commands, const std::string& name, const std::string& help,
                     const std::string& operands,
                     Found<PolicyEditResult> (*apply)(IniDocument&,
                                                      const std::vector<std::string>&)) {
  const auto arguments = std::make_shared<SectionArguments>();
  Command& command = commands.add(name, help, [=](const CommonOptions& options) {
    return edit_policy(options, arguments->how,
                       [&](IniDocument& document) { return apply(document, arguments->words); });
  });
  command.add_option("section", arguments->words, "Its title, such as: class blocked")
      ->type_name(operands)
      ->required();
  add_edit_options(command, arguments->how);
  return command;
}

}  // namespace

void add_section_commands(Commands& commands) {
  add_command(commands, "add-section", "Add a section to the policy file", "TITLE [KEY=VALUE]",
              apply_add);
  add_command(commands, "remove-section", "Take a section out of the policy file", "TITLE",
              [](IniDocument& document, const std::vector<std::string>& words) {
                return apply_remove(document, fmt::format("{}", fmt::join(words, " ")));
              });
}

}  // namespace portcullis
