#include "cli/dump.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/json_text.h"
#include "cli/option_manual.h"
#include "cli/settings.h"

namespace portcullis {
namespace {

// The longest line that the reader of policy files takes.
constexpr std::size_t kMaxLine = 196;

// What stands together on one line: of a list one item or several, else one text.
using LineParts = std::vector<std::string>;

// The reader would take an item in brackets for a section and a text behind a blank and ';' for a
// comment, unless something stands before them.
bool may_start_a_line(std::string_view item) {
  return !item.starts_with('[');
}

bool may_follow_a_blank(const LineParts& parts) {
  return !parts.front().starts_with(';');
}

// The spellings of a line from wide to narrow; the last one is as narrow as the reader takes it, so
// that what was on one line before still fits.
std::string narrowest_needed(std::initializer_list<std::string> spellings) {
  const auto fits = [](const std::string& line) { return line.size() <= kMaxLine; };
  const auto* const found = std::ranges::find_if(spellings, fits);
  return found == spellings.end() ? std::string() : *found + '\n';
}

// Empty if there is no room beside the key.
std::string key_line(std::string_view key, const LineParts& parts) {
  const std::string narrow = fmt::format("{}={}", key, fmt::join(parts, ","));
  if (!may_follow_a_blank(parts)) return narrowest_needed({narrow});
  return narrowest_needed({fmt::format("{} = {}", key, fmt::join(parts, ", ")), narrow});
}

std::string continuation_line(const LineParts& parts) {
  return narrowest_needed({fmt::format("    {}", fmt::join(parts, ", ")),
                           fmt::format(" {}", fmt::join(parts, ", ")),
                           fmt::format(" {}", fmt::join(parts, ","))});
}

// The values of a setting, in the lines on which they are written.
std::vector<LineParts> lines_of(const Setting& setting) {
  std::vector<LineParts> lines;
  for (const std::string& value : setting.values) {
    const bool behind = is_list(setting.option->type) && !may_start_a_line(value);
    if (lines.empty() || !behind) lines.emplace_back();
    lines.back().push_back(value);
  }
  return lines;
}

std::string written_text(const Setting& setting) {
  const std::string_view key = setting.option->name;
  const std::vector<LineParts> lines = lines_of(setting);
  if (lines.empty()) return {};
  const bool list_below = is_list(setting.option->type) && lines.size() > 1;
  std::string text;
  if (!list_below || !may_start_a_line(lines.front().front())) text = key_line(key, lines.front());
  const bool first_is_written = !text.empty();
  if (!first_is_written) text = fmt::format("{} =\n", key);
  for (std::size_t i = first_is_written ? 1 : 0; i < lines.size(); ++i) {
    text += continuation_line(lines[i]);
  }
  return text;
}

// A default is a comment: it holds without being written, and a later version may have another.
std::string default_text(const Setting& setting) {
  const Option& option = *setting.option;
  if (setting.values.empty()) return fmt::format("; {}: {}\n", option.name, option.default_note);
  return fmt::format("; {} = {}\n", option.name, fmt::join(setting.values, " "));
}

std::string title(const SettingsSection& section) {
  const std::string_view kind = to_string(section.kind);
  return section.name.empty() ? fmt::format("[{}]\n", kind)
                              : fmt::format("[{} {}]\n", kind, section.name);
}

std::string to_text(const std::vector<SettingsSection>& sections, bool defaults) {
  std::string text;
  for (const SettingsSection& section : sections) {
    std::string settings;
    for (const Setting& setting : section.settings) {
      if (setting.written) settings += written_text(setting);
      if (!setting.written && defaults) settings += default_text(setting);
    }
    // An empty [daemon] says nothing; an empty [listener NAME] says that there is one.
    if (settings.empty() && !section_form(section.kind).named) continue;
    if (!text.empty()) text += '\n';
    text += title(section) + settings;
  }
  return text;
}

Json value_json(const Setting& setting) {
  if (is_list(setting.option->type)) return setting.values;
  return setting.values.empty() ? Json() : Json(fmt::format("{}", fmt::join(setting.values, " ")));
}

Json settings_json(const SettingsSection& section, bool defaults) {
  Json json = Json::object();
  for (const Setting& setting : section.settings) {
    if (setting.written || defaults) {
      json[std::string(setting.option->name)] = value_json(setting);
    }
  }
  return json;
}

// {"daemon": {...}, "listeners": [{"name", "settings"}...], "classes": [...]...}: arrays, because
// the order of classes has a meaning.
Json to_json(const std::vector<SettingsSection>& sections, bool defaults) {
  Json json;
  for (const SectionForm& form : section_forms()) {
    json[std::string(form.named ? form.group : form.word)] =
        form.named ? Json::array() : Json::object();
  }
  for (const SettingsSection& section : sections) {
    const SectionForm& form = section_form(section.kind);
    Json settings = settings_json(section, defaults);
    if (form.named) {
      json[std::string(form.group)].push_back(
          {{"name", section.name}, {"settings", std::move(settings)}});
    } else {
      json[std::string(form.word)] = std::move(settings);
    }
  }
  return json;
}

Report dump(const CommonOptions& options, bool defaults) {
  const auto sections = read_settings(options.policy_file);
  if (!sections) return sections.error();
  std::string text =
      options.json ? json_text(to_json(*sections, defaults)) : to_text(*sections, defaults);
  return {ExitCode::ok, std::move(text), {}};
}

struct DumpArguments {
  bool defaults = false;
  bool manual = false;
};

}  // namespace

void add_dump(Commands& commands) {
  const auto arguments = std::make_shared<DumpArguments>();
  Command& command = commands.add("dump", "Print the settings in force as a policy file",
                                  [arguments](const CommonOptions& options) {
                                    if (arguments->manual) {
                                      return Report{ExitCode::ok, option_manual(), {}};
                                    }
                                    return dump(options, arguments->defaults);
                                  });
  command.add_flag("--defaults", arguments->defaults, "Also what is left at its default");
  command.add_flag("--man", arguments->manual,
                   "Print the options as they stand in portcullis.conf(5)");
}

}  // namespace portcullis
