#include "cli/set.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/setting_name.h"
#include "cli/setting_value.h"
#include "cli/settings.h"
#include "config/suggestion.h"

namespace portcullis {
namespace {

struct SetArguments {
  std::string name;
  std::string value;
  std::vector<std::string> added;
  std::vector<std::string> removed;
  PolicyEditOptions how;
};

Report refused(std::string_view culprit, const Problem& problem) {
  return refusal(ExitCode::bad_data, culprit, problem.reason, problem.repair);
}

// As it is written: the items of a list, else the text.
std::vector<std::string> values_of(const IniDocument& document, const SettingName& name) {
  std::vector<std::string> values;
  for (const std::string& line : document.value(name.section, name.option->name)) {
    if (!is_list(name.option->type)) {
      if (!line.empty()) values.push_back(line);
      continue;
    }
    for (std::string& item : items_of_value(line)) values.push_back(std::move(item));
  }
  return values;
}

Json value_json(const SettingName& name, const std::vector<std::string>& values) {
  if (values.empty()) return nullptr;
  if (is_list(name.option->type)) return values;
  return fmt::format("{}", fmt::join(values, " "));
}

std::string value_text(const SettingName& name, const std::vector<std::string>& values) {
  return fmt::format("{}", fmt::join(values, is_list(name.option->type) ? ", " : " "));
}

// "25 by default", "that of the listener", "none": what holds where nothing is written.
std::string default_text(const Option& option) {
  if (!option.default_value.empty()) return fmt::format("{} by default", option.default_value);
  return option.default_note.empty() ? "not set" : std::string(option.default_note);
}

// What there is to say when the setting has become what it is to be.
PolicyEditResult result_of(const SettingName& name, const std::vector<std::string>& before,
                           const IniDocument& document) {
  const std::vector<std::string> after = values_of(document, name);
  const auto line = document.line_of(name.section, name.option->name);
  const bool needs_restart = name.option->reload == Reload::restart_needed;
  PolicyEditResult result;
  result.json = {{"section", name.section},
                 {"key", name.option->name},
                 {"before", value_json(name, before)},
                 {"after", value_json(name, after)},
                 {"line", line ? Json(*line) : Json()},
                 {"restart_needed", needs_restart && before != after}};
  const auto text_of = [&](const std::vector<std::string>& values) {
    return values.empty() ? default_text(*name.option) : value_text(name, values);
  };
  if (before == after) {
    result.text = fmt::format("{} is {} already\n", name.text(), shown(text_of(after)));
    return result;
  }
  result.text =
      fmt::format("{} is {}, was {}\n", name.text(), shown(text_of(after)), shown(text_of(before)));
  if (needs_restart) result.text += "restart needed: portcullisd reads it when it starts\n";
  return result;
}

std::optional<Report> write_value(IniDocument& document, const SettingName& name,
                                  const std::string& value) {
  const std::string_view key = name.option->name;
  const bool over_lines = document.value(name.section, key).size() > 1;
  // [daemon] holds without being written, so it may have to be added.
  if (!document.has_section(name.section)) {
    if (const auto added = document.add_section(name.section); !added) {
      return refused(name.section, added.error());
    }
  }
  std::optional<Problem> problem;
  for (const auto& lines : ways_to_write(name.option->type, value, over_lines)) {
    const auto set = document.set(name.section, key, lines);
    if (set) return {};
    if (!problem) problem = set.error();
  }
  return refused(value, *problem);
}

// The list without the items that are to go.
std::optional<Report> remove_items(IniDocument& document, const SettingName& name,
                                   const std::vector<std::string>& items) {
  for (const std::string& item : items) {
    const auto same = [&](std::string_view other) {
      return same_item(name.option->type, item, other);
    };
    if (document.remove_items(name.section, name.option->name, same) > 0) continue;
    const std::vector<std::string> there = values_of(document, name);
    const std::vector<std::string_view> known(there.begin(), there.end());
    const std::string_view meant = closest(item, known);
    return refusal(ExitCode::bad_data, item, fmt::format("is not in {}", name.text()),
                   meant.empty() ? fmt::format("it holds: {}", fmt::join(known, ", "))
                                 : fmt::format("did you mean {}?", meant));
  }
  return {};
}

std::optional<Report> add_items(IniDocument& document, const SettingName& name,
                                const std::vector<std::string>& items) {
  for (const std::string& item : items) {
    const std::vector<std::string> there = values_of(document, name);
    const auto other = std::ranges::find_if(
        there, [&](const std::string& t) { return same_item(name.option->type, item, t); });
    if (other != there.end()) {
      if (same_fields(name.option->type, item, *other)) continue;
      return refusal(ExitCode::bad_data, item,
                     fmt::format("is in {} as \"{}\"", name.text(), *other),
                     fmt::format("add --remove \"{}\" to write it anew", *other));
    }
    if (there.empty() && !name.option->default_value.empty()) {
      // What holds by default is still to hold.
      const auto value = fmt::format("{}, {}", name.option->default_value, item);
      if (auto report = write_value(document, name, value)) return report;
    } else if (const auto added = document.add_item(name.section, name.option->name, item);
               !added) {
      return refused(item, added.error());
    }
  }
  return {};
}

// Items as they were given: each --add may hold several.
std::vector<std::string> items_of(const std::vector<std::string>& arguments) {
  std::vector<std::string> items;
  for (const std::string& argument : arguments) {
    for (std::string& item : items_of_value(argument)) items.push_back(std::move(item));
  }
  return items;
}

std::optional<Report> change_items(IniDocument& document, const SettingName& name,
                                   const SetArguments& arguments) {
  if (!is_list(name.option->type)) {
    return refusal(
        ExitCode::usage, name.option->name, "is no list, so --add and --remove make no sense",
        fmt::format("type: portcullis set \"{}.{}\" VALUE", name.section, name.option->name));
  }
  if (auto report = remove_items(document, name, items_of(arguments.removed))) return report;
  if (auto report = add_items(document, name, items_of(arguments.added))) return report;
  if (!values_of(document, name).empty() || name.option->required) return {};
  // Nothing written would be the default, and that may be everything.
  return refusal(ExitCode::bad_data, name.option->name, "would be left without any item",
                 fmt::format("type: portcullis unset \"{}.{}\" to have {}", name.section,
                             name.option->name, default_text(*name.option)));
}

Found<PolicyEditResult> apply_set(IniDocument& document, const SetArguments& arguments) {
  const auto name = find_setting(arguments.name, document.titles());
  if (!name) return tl::unexpected(name.error());
  const bool items = !arguments.added.empty() || !arguments.removed.empty();
  const std::vector<std::string> before = values_of(document, *name);
  auto report = items ? change_items(document, *name, arguments)
                      : write_value(document, *name, arguments.value);
  if (report) return tl::unexpected(*std::move(report));
  return result_of(*name, before, document);
}

Found<PolicyEditResult> apply_unset(IniDocument& document, const std::string& setting) {
  const auto name = find_setting(setting, document.titles());
  if (!name) return tl::unexpected(name.error());
  const std::vector<std::string> before = values_of(document, *name);
  document.unset(name->section, name->option->name);
  return result_of(*name, before, document);
}

Report set(const CommonOptions& options, const SetArguments& arguments, bool has_value) {
  const bool items = !arguments.added.empty() || !arguments.removed.empty();
  if (has_value == items) {
    return failure(ExitCode::usage, "set: give a value, or items to --add and --remove");
  }
  return edit_policy(options, arguments.how,
                     [&](IniDocument& document) { return apply_set(document, arguments); });
}

}  // namespace

void add_edit_options(Command& command, PolicyEditOptions& how) {
  command.add_flag("--dry-run", how.dry_run, "Show the difference, write nothing");
  command.add_flag("--reload", how.reload, "Then make the daemon read its policy again");
}

void add_set(Commands& commands) {
  const auto arguments = std::make_shared<SetArguments>();
  const auto has_value = std::make_shared<bool>(false);
  Command& command = commands.add(
      "set", "Write a setting of the policy file",
      [=](const CommonOptions& options) { return set(options, *arguments, *has_value); });
  command.add_option("setting", arguments->name, "Such as \"listener inbound.port\"")
      ->type_name("SECTION.KEY")
      ->required();
  command
      .add_option_taken_by(
          "value",
          [=](const std::string& value) {
            arguments->value = value;
            *has_value = true;
          },
          "What it is to be")
      ->type_name("VALUE");
  command.add_option("--add", arguments->added, "Add an item to a list")
      ->type_name("ITEM")
      ->repeatable();
  command.add_option("--remove", arguments->removed, "Remove an item from a list")
      ->type_name("ITEM")
      ->repeatable();
  add_edit_options(command, arguments->how);
}

void add_unset(Commands& commands) {
  const auto arguments = std::make_shared<SetArguments>();
  Command& command = commands.add(
      "unset", "Take a setting out of the policy file", [=](const CommonOptions& options) {
        return edit_policy(options, arguments->how, [&](IniDocument& document) {
          return apply_unset(document, arguments->name);
        });
      });
  command.add_option("setting", arguments->name, "Such as \"listener inbound.port\"")
      ->type_name("SECTION.KEY")
      ->required();
  add_edit_options(command, arguments->how);
}

}  // namespace portcullis
