// Lists that others may have items in as well: theirs stay, in their order.

#include <algorithm>

#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"

namespace portcullis {
namespace {

std::string applied_element(const PlanDraft& draft, const CellName& cell) {
  const AppliedCell* const applied = draft.facts.applied.find(cell);
  return applied == nullptr ? std::string() : applied->element;
}

// Where the last item can stand that is to be asked of everyone.
std::ptrdiff_t end_of(const std::vector<std::string>& items) {
  std::size_t end = 0;
  for (; end < items.size(); ++end) {
    const bool warns = end > 0 && items[end - 1] == kWarnIfReject;
    if (items[end] == "permit") break;
    if (!warns && (items[end] == "reject" || items[end] == "defer")) break;
  }
  while (end > 0 && items[end - 1] == kWarnIfReject) --end;
  return static_cast<std::ptrdiff_t>(end);
}

}  // namespace

std::string list_with(const ListChange& change, const std::string& current,
                      const std::string& applied_element, const IsOurs& is_ours) {
  std::vector<std::string> items = split_items(current);
  const std::vector<std::string> alone = split_items(change.when_alone);
  if (!alone.empty() && items == alone) return change.when_alone;
  items = without_items(items, [&](const std::string& item) {
    return is_ours(item, change.element) || is_same_item(item, applied_element);
  });
  if (items.empty() && !change.when_alone.empty()) return change.when_alone;
  const auto elements = split_items(change.element);
  items.insert(items.begin() + (change.in_front ? 0 : end_of(items)), elements.begin(),
               elements.end());
  return join_items(items, ", ");
}

void plan_list(const PlanDraft& draft, const ListChange& change, std::uint32_t line,
               const IsOurs& is_ours, const std::string& when_unset) {
  const std::string current = draft.facts.setting(change.name, when_unset);
  draft.plan.settings.push_back(
      {change.name,
       list_with(change, current, applied_element(draft, {kMainCf, change.name}), is_ours), line,
       change.element, true});
  for (PlannedService& service : draft.plan.services) {
    const auto own = service.entry.find_override(change.name);
    const bool planned = std::ranges::any_of(
        service.overrides, [&](const PlannedSetting& s) { return s.name == change.name; });
    if (!own || planned) continue;
    const CellName cell{kMasterCf, service.entry.name() + '/' + change.name};
    service.overrides.push_back(
        {change.name,
         without_blanks(list_with(change, *own, applied_element(draft, cell), is_ours)), line,
         without_blanks(change.element), true});
  }
}

}  // namespace portcullis
