#include "cli/get.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/json_text.h"
#include "cli/policy_source.h"
#include "cli/setting_name.h"
#include "cli/settings.h"
#include "config/section.h"
#include "config/text_file.h"
#include "config/value_list.h"

namespace portcullis {
namespace {

std::vector<std::string> values_of(const Section& section, const Option& option) {
  const std::vector<IniPiece> lines = section.pieces(option.name);
  std::vector<std::string> values;
  for (const IniPiece& piece : is_list(option.type) ? split_list(lines) : lines) {
    if (!piece.text.empty()) values.push_back(piece.text);
  }
  return values;
}

std::vector<std::string> titles_of(const std::vector<Section>& sections) {
  std::vector<std::string> titles;
  for (const Section& section : sections) {
    const std::string title = section.title();
    titles.push_back(title.substr(1, title.size() - 2));
  }
  return titles;
}

// "default" says that the value is the option table's; the line is then null.
Json to_json(const SettingName& name, const Section& section, const std::string& file) {
  const Option& option = *name.option;
  const std::vector<std::string> values = values_of(section, option);
  const bool written = section.has(option.name);
  Json json = {{"section", name.section}, {"key", option.name}, {"value", nullptr}};
  if (is_list(option.type)) {
    json["value"] = values;
  } else if (!values.empty()) {
    json["value"] = fmt::format("{}", fmt::join(values, " "));
  }
  json["source"] = written ? "file" : "default";
  json["file"] = file;
  json["line"] = written ? Json(section.line_of(option.name)) : Json();
  json["note"] = values.empty() ? Json(option.default_note) : Json();
  return json;
}

Report to_text(const SettingName& name, const Section& section) {
  const std::vector<std::string> values = values_of(section, *name.option);
  if (values.empty()) {
    return {ExitCode::ok, "\n",
            fmt::format("{} is not set: {}\n", name.text(), name.option->default_note)};
  }
  std::string text;
  if (!is_list(name.option->type)) {
    text = shown(fmt::format("{}", fmt::join(values, " "))) + '\n';
  } else {
    for (const std::string& value : values) text += shown(value) + '\n';
  }
  return {ExitCode::ok, text, {}};
}

// The errors of the section's own lines: others do not change what it says.
Diagnostics errors_of(const Section& section, const Diagnostics& all) {
  Diagnostics own;
  for (Diagnostic& d : all.sorted()) {
    const bool here = d.line >= section.line() && d.line <= section.last_line();
    if (here && d.severity == Severity::error) own.add(std::move(d));
  }
  return own;
}

Report get(const CommonOptions& options, const std::string& setting) {
  const std::string& path = options.policy_file;
  const auto file = read_text_file(path, TextFileKind::policy);
  if (!file) {
    return failure(exit_code_of_bad_policy(path), path + ": " + file.error().problem.reason);
  }
  Diagnostics diagnostics;
  auto sections = make_sections(read_ini(file->text, path, diagnostics), path, diagnostics);
  const auto name = find_setting(setting, titles_of(sections));
  if (!name) return name.error();
  for (const SectionForm& form : section_forms()) {
    if (is_implied(form)) sections.push_back(Section(form.kind, {}, {}, path, diagnostics));
  }
  const auto found = std::ranges::find_if(sections, [&](const Section& section) {
    return section.title() == fmt::format("[{}]", name->section);
  });
  const Diagnostics errors = errors_of(*found, diagnostics);
  if (errors.has_errors()) return {ExitCode::bad_policy, {}, errors.format_all()};
  if (options.json) return {ExitCode::ok, json_text(to_json(*name, *found, path)), {}};
  return to_text(*name, *found);
}

}  // namespace

void add_get(Commands& commands) {
  const auto setting = std::make_shared<std::string>();
  Command& command =
      commands.add("get", "Print the value of a setting",
                   [setting](const CommonOptions& options) { return get(options, *setting); });
  command.add_option("setting", *setting, "Such as \"listener inbound.port\"")
      ->type_name("SECTION.KEY")
      ->required();
}

}  // namespace portcullis
