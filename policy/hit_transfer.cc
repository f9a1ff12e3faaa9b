#include "policy/hit_transfer.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace portcullis {
namespace {

// The classes of `to` that have the names of those of `from`, by ClassIndex of `from`.
std::vector<std::optional<ClassIndex>> classes_by_name(const Policy& from, const Policy& to) {
  std::vector<std::optional<ClassIndex>> same;
  for (const ClientClass& client_class : from.classes()) {
    const auto found = std::ranges::find(to.classes(), client_class.name, &ClientClass::name);
    auto& added = same.emplace_back();
    if (found != to.classes().end()) {
      added = static_cast<ClassIndex>(found - to.classes().begin());
    }
  }
  return same;
}

}  // namespace

void move_hits(const Policy& from, HitCounters& from_hits, const Policy& to, HitCounters& to_hits) {
  const auto same_class = classes_by_name(from, to);
  from_hits.for_each([&](EntryIndex entry, const Hits&) {
    const auto client_class = same_class[static_cast<std::size_t>(from.class_of(entry))];
    std::optional<EntryIndex> same;
    if (client_class) same = to.find_entry(*client_class, from.subject_of(entry));
    const Hits taken = from_hits.take(entry);  // after all that may throw
    if (same) to_hits.add(*same, taken);
  });
}

}  // namespace portcullis
