#include "cli/generate/change_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/diagnostic_json.h"
#include "cli/report.h"

namespace portcullis {
namespace {

Json text_or_null(const std::optional<std::string>& text) {
  return text ? Json(*text) : Json();
}

// Values of several lines (maps, blocks) are shown line by line.
void add_lines(std::string& out, char sign, const std::string& setting, const std::string& value,
               std::string_view origin) {
  std::size_t start = 0;
  bool first = true;
  do {
    const std::size_t end = std::min(value.find('\n', start), value.size());
    const std::string line = shown(value.substr(start, end - start));
    if (first) {
      out += fmt::format("{} {}{}{}{}\n", sign, shown(setting), line.empty() ? " =" : " = ", line,
                         origin);
    } else if (!line.empty()) {
      out += fmt::format("{}     {}\n", sign, line);
    }
    first = false;
    start = end + 1;
  } while (start < value.size());
}

}  // namespace

std::string changes_text(const std::vector<MtaChange>& changes, const std::string& policy_file) {
  if (changes.empty()) return "Everything is as the policy says.\n";
  std::string out;
  std::string_view file;
  for (const MtaChange& change : changes) {
    if (change.file != file) {
      file = change.file;
      out += shown(file) + '\n';
    }
    const std::string origin =
        change.line == 0 ? "" : fmt::format("    ; {}:{}", shown(policy_file), change.line);
    if (change.before) add_lines(out, '-', change.setting, *change.before, {});
    if (change.after) add_lines(out, '+', change.setting, *change.after, origin);
  }
  return out;
}

Json changes_json(const std::vector<MtaChange>& changes, const Diagnostics& found) {
  Json json = findings_json(found);
  json["changes"] = Json::array();
  for (const MtaChange& change : changes) {
    json["changes"].push_back({{"file", change.file},
                               {"setting", change.setting},
                               {"before", text_or_null(change.before)},
                               {"after", text_or_null(change.after)},
                               {"line", change.line == 0 ? Json() : Json(change.line)}});
  }
  return json;
}

}  // namespace portcullis
