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

// Puts back into `items` what `before` has and `kept` has not, each behind what it stood behind.
// `kept` is what we left of `before`; if it is not, or somebody has put one back, nothing is done.
void put_back(const std::vector<std::string>& before, const std::vector<std::string>& kept,
              std::vector<std::string>& items) {
  std::vector<std::string> whole = items;
  std::size_t next = 0;
  std::ptrdiff_t place = 0;
  for (const std::string& item : before) {
    const auto there = std::ranges::find(items, item);
    if (next < kept.size() && is_same_item(kept[next], item)) {
      ++next;
      const auto behind = std::find(whole.begin() + place, whole.end(), item);
      if (behind != whole.end()) place = behind - whole.begin() + 1;
    } else if (there != items.end() && item != kWarnIfReject) {
      return;
    } else {
      whole.insert(whole.begin() + place++, item);
    }
  }
  if (next == kept.size()) items = std::move(whole);
}

// Others may have added items to a list, or taken some out.
std::optional<std::string> list_without_us(const CellName& cell, const std::string& now,
                                           const AppliedCell& applied) {
  const auto is_ours = [&](const std::string& item) { return is_same_item(item, applied.element); };
  const auto before = split_items(applied.before.value_or(""));
  std::vector<std::string> items = without_items(split_items(now), is_ours);
  put_back(before, without_items(split_items(applied.applied.value_or("")), is_ours), items);
  if (items == before) return applied.before;
  if (items == split_items(now)) return now;
  return join_items(items, cell.file == kMainCf ? ", " : ",");
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
  if (now && applied->list) return list_without_us(cell, *now, *applied);
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
