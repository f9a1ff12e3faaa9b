#pragma once

#include <vector>

#include "policy/prefix_outcome.h"

namespace portcullis::testing {

// The oracle for PrefixTable: longest-prefix match by looking at every entry. Slow, and too short
// to be wrong. Of equal prefixes the one that stands last counts.
inline Outcome linear_scan(const std::vector<PrefixOutcome>& entries, IpAddress address) {
  const PrefixOutcome* best = nullptr;
  for (const PrefixOutcome& entry : entries) {
    if (!entry.prefix.contains(address)) continue;
    if (best == nullptr || entry.prefix.length() >= best->prefix.length()) best = &entry;
  }
  return best == nullptr ? kNoOutcome : best->outcome;
}

}  // namespace portcullis::testing
