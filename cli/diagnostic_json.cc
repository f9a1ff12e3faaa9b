#include "cli/diagnostic_json.h"

#include <string>

#include <nlohmann/json.hpp>

namespace portcullis {

Json diagnostic_json(const Diagnostic& d) {
  return {{"severity", to_string(d.severity)},
          {"file", d.file},
          {"line", d.line},
          {"culprit", d.culprit},
          {"reason", d.reason},
          {"repair", d.repair},
          {"code", d.code}};
}

Json diagnostics_json(const Diagnostics& found) {
  Json array = Json::array();
  for (const Diagnostic& d : found.sorted()) array.push_back(diagnostic_json(d));
  return array;
}

Json codes_json(const Diagnostics& found) {
  Json codes = Json::object();
  for (const CodeCount& kind : found.by_code()) {
    const std::string code(kind.code);
    codes[code] = codes.value(code, std::size_t{0}) + kind.count;
  }
  return codes;
}

Json findings_json(const Diagnostics& found) {
  return {{"ok", !found.has_errors()},
          {"errors", found.errors()},
          {"warnings", found.warnings()},
          {"notes", found.notes()},
          {"diagnostics", diagnostics_json(found)},
          {"codes", codes_json(found)}};
}

}  // namespace portcullis
