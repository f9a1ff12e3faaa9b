#pragma once

#include <chrono>
#include <span>
#include <vector>

#include "config/diagnostic.h"

#include "formats/format.h"

namespace portcullis {

struct FeedLimits {
  std::chrono::seconds oldest = std::chrono::hours(7 * 24);  // beyond it a list is stale
};

struct FeedJudgement {
  // Why the new list must not take the place of the last good one: it is empty, it was cut short,
  // a line of it was refused, it holds another number of entries than it declares, or it has lost
  // more than half of the different entries. Empty: it may.
  std::vector<Problem> refusals;
  // Worth a look, but no reason to keep the old list, which is older still: the new one has
  // expired, is stale, or comes from the future.
  std::vector<Problem> warnings;
};

// Judges what was read of a feed against the entries that were last taken from it (none: the first
// time). Reasons are clauses about the feed: "holds no entries". O(n log n).
FeedJudgement judge_feed(std::span<const ListEntry> last_good, const ListReading& reading, Time now,
                         const FeedLimits& limits = {});

}  // namespace portcullis
