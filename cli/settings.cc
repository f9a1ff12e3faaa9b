#include "cli/settings.h"

#include <algorithm>

#include "cli/policy_source.h"
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

SettingsSection settings_of(const Section& section) {
  SettingsSection result{section.kind(), section.name(), {}};
  for (const Option& option : options()) {
    if (option.section != section.kind()) continue;
    result.settings.push_back({&option, section.has(option.name), values_of(section, option)});
  }
  return result;
}

}  // namespace

Found<std::vector<SettingsSection>> read_settings(const std::string& policy_file) {
  if (const auto checked = open_policy(policy_file); !checked) {
    return tl::unexpected(checked.error());
  }
  Diagnostics diagnostics;  // none is expected: the same text has just been loaded
  const auto file = read_text_file(policy_file, TextFileKind::policy);
  if (!file) {
    return tl::unexpected(
        failure(exit_code_of_bad_policy(policy_file), policy_file + ": changed while it was read"));
  }
  const auto sections =
      make_sections(read_ini(file->text, policy_file, diagnostics), policy_file, diagnostics);
  if (diagnostics.has_errors()) {
    return tl::unexpected(Report{ExitCode::bad_policy, {}, diagnostics.format_all()});
  }
  std::vector<SettingsSection> all;
  for (const SectionForm& form : section_forms()) {
    if (is_implied(form) &&
        std::ranges::find(sections, form.kind, &Section::kind) == sections.end()) {
      all.push_back(settings_of({form.kind, {}, {}, policy_file, diagnostics}));
    }
  }
  for (const Section& section : sections) all.push_back(settings_of(section));
  return all;
}

}  // namespace portcullis
