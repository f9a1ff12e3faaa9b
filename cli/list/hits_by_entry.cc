#include "cli/list/hits_by_entry.h"

namespace portcullis {

HitsByEntry::HitsByEntry(const ClassHits& hits) : since_(hits.since), truncated_(hits.truncated) {
  for (const EntryHits& entry : hits.entries) {
    figures_[entry.text] = {entry.count, entry.last};
  }
}

HitsByEntry::Figures HitsByEntry::of(const Listed& entry) const {
  const auto found = figures_.find(to_string(entry));
  if (found != figures_.end()) return found->second;
  if (truncated_) return {};
  return {0, std::nullopt};
}

}  // namespace portcullis
