#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/report.h"
#include "config/options.h"

namespace portcullis {

// One option of a section with what holds for it.
struct Setting {
  const Option* option = nullptr;
  bool written = false;  // in the file; else the default of the option table
  // The items of a list; else the text, in the lines in which it is written. Empty: no default.
  std::vector<std::string> values;
};

struct SettingsSection {
  SectionKind kind{};
  std::string name;  // empty for [daemon] and its like
  std::vector<Setting> settings;
};

// Every option of every section of a policy file, in the order of the file and of the option table.
// Implied sections that are not written come first. Refused if the policy has errors.
Found<std::vector<SettingsSection>> read_settings(const std::string& policy_file);

}  // namespace portcullis
