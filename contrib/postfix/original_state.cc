#include "contrib/postfix/original_state.h"

#include <algorithm>
#include <sstream>

#include "contrib/postfix/postfix_text.h"

namespace portcullis {
namespace {

std::string one_blank(const std::string& text) {
  std::istringstream words(text);
  std::string joined;
  for (std::string word; words >> word;) joined += (joined.empty() ? "" : " ") + word;
  return joined;
}

// Others may have added items to a list, or taken some out.
std::optional<std::string> list_without_us(const CellName& cell, const std::string& now,
                                           const AppliedCell& applied) {
  std::vector<std::string> items = split_items(now);
  const auto count = std::erase_if(
      items, [&](const std::string& item) { return is_same_item(item, applied.element); });
  if (count == 0) return now;
  const std::string rest = join_items(items, cell.file == kMainCf ? ", " : ",");
  if (rest.empty() && !applied.before) return {};
  return rest;
}

}  // namespace

bool is_same_value(const CellName& cell, const std::optional<std::string>& a,
                   const std::optional<std::string>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  if (cell.file != kMainCf && cell.file != kMasterCf) {
    return without_comments(*a) == without_comments(*b);
  }
  return one_blank(*a) == one_blank(*b);
}

std::optional<std::string> value_without_us(const CellName& cell,
                                            const std::optional<std::string>& now,
                                            const AppliedRecord& record) {
  const AppliedCell* const applied = record.find(cell);
  if (applied == nullptr) return now;
  if (is_same_value(cell, now, applied->applied)) return applied->before;
  if (now && !applied->element.empty()) return list_without_us(cell, *now, *applied);
  return now;
}

MasterEntry service_without_us(const MasterEntry& now, const AppliedRecord& record) {
  MasterEntry original = now;
  for (const auto& [cell, applied] : record.cells) {
    if (cell.file != kMasterCf || service_of(cell.setting) != now.name()) continue;
    const std::string parameter = parameter_of(cell.setting);
    if (parameter.empty()) continue;
    original.set(parameter, value_without_us(cell, now.find(parameter), record));
  }
  return original;
}

}  // namespace portcullis
