#include "contrib/postfix/applied_record.h"

#include <nlohmann/json.hpp>

namespace portcullis {
namespace {

using nlohmann::json;

constexpr int kForm = 1;
constexpr std::string_view kInet = "/inet";

json optional_text(const std::optional<std::string>& text) {
  return text ? json(*text) : json(nullptr);
}

bool is_text_or_null(const json& cell, const char* key) {
  return cell.contains(key) && (cell.at(key).is_string() || cell.at(key).is_null());
}

std::optional<std::string> text_of(const json& cell, const char* key) {
  if (cell.at(key).is_null()) return {};
  return cell.at(key).get<std::string>();
}

bool is_cell(const json& cell) {
  return cell.is_object() && cell.contains("file") && cell.at("file").is_string() &&
         cell.contains("setting") && cell.at("setting").is_string() &&
         is_text_or_null(cell, "before") && is_text_or_null(cell, "applied") &&
         cell.contains("element") && cell.at("element").is_string() &&
         (!cell.contains("list") || cell.at("list").is_boolean());
}

}  // namespace

std::string service_of(const std::string& setting) {
  const std::size_t type = setting.rfind(std::string(kInet) + '/');
  return type == std::string::npos ? setting : setting.substr(0, type + kInet.size());
}

std::string parameter_of(const std::string& setting) {
  const std::string service = service_of(setting);
  return service == setting ? std::string() : setting.substr(service.size() + 1);
}

const AppliedCell* AppliedRecord::find(const CellName& name) const {
  const auto found = cells.find(name);
  return found == cells.end() ? nullptr : &found->second;
}

std::string to_json(const AppliedRecord& record) {
  json cells = json::array();
  for (const auto& [name, cell] : record.cells) {
    cells.push_back({{"file", name.file},
                     {"setting", name.setting},
                     {"before", optional_text(cell.before)},
                     {"applied", optional_text(cell.applied)},
                     {"element", cell.element},
                     {"list", cell.list}});
  }
  const json document = {{"written_by", "portcullis generate"}, {"form", kForm}, {"cells", cells}};
  return document.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

tl::expected<AppliedRecord, Problem> parse_applied_record(const std::string& text) {
  const tl::unexpected<Problem> failure({"is no record that portcullis has written",
                                         "remove it; what was applied before then stays as it is"});
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || document.value("form", json()) != kForm ||
      !document.contains("cells") || !document.at("cells").is_array()) {
    return failure;
  }
  AppliedRecord record;
  for (const json& cell : document.at("cells")) {
    if (!is_cell(cell)) return failure;
    const std::string element = cell.at("element");
    // Records of before had an element where there was a list.
    record.cells[{cell.at("file"), cell.at("setting")}] = {text_of(cell, "before"),
                                                           text_of(cell, "applied"), element,
                                                           cell.value("list", !element.empty())};
  }
  return record;
}

}  // namespace portcullis
