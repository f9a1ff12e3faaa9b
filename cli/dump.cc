#include "cli/dump.h"

#include <memory>

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

// As narrow as the line needs it: what was on one line before still fits.
std::string first_line(std::string_view key, std::string_view value) {
  const std::string line = fmt::format("{} = {}\n", key, value);
  return line.size() <= kMaxLine ? line : fmt::format("{}={}\n", key, value);
}

std::string continuation_line(std::string_view text) {
  constexpr std::string_view kIndent = "    ";
  const std::size_t blanks = text.size() + kIndent.size() <= kMaxLine ? kIndent.size() : 1;
  return fmt::format("{}{}\n", kIndent.substr(0, blanks), text);
}

std::string written_text(const Setting& setting) {
  const std::string_view key = setting.option->name;
  const bool list_below = is_list(setting.option->type) && setting.values.size() > 1;
  std::string text = list_below ? fmt::format("{} =\n", key) : std::string();
  for (const std::string& value : setting.values) {
    text += text.empty() ? first_line(key, value) : continuation_line(value);
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
