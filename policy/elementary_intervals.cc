#include "policy/elementary_intervals.h"

#include <algorithm>
#include <cstdint>

namespace portcullis {
namespace {

bool by_prefix(const PrefixOutcome& a, const PrefixOutcome& b) {
  return a.prefix < b.prefix;
}

// Family and first 16 bits: what one pass of a radix sort distributes by.
constexpr std::size_t kBuckets = std::size_t{2} << 16;

std::size_t bucket_of(const IpPrefix& prefix) {
  const auto top = static_cast<std::size_t>(prefix.bits() >> 112);
  return prefix.family() == AddressFamily::ipv4 ? top : top | std::size_t{1} << 16;
}

// Stable, and faster than any general sort for the few entries that share 16 bits.
void insertion_sort(std::span<PrefixOutcome> entries) {
  for (std::size_t i = 1; i < entries.size(); ++i) {
    const PrefixOutcome moving = entries[i];
    std::size_t hole = i;
    for (; hole > 0 && by_prefix(moving, entries[hole - 1]); --hole) {
      entries[hole] = entries[hole - 1];
    }
    entries[hole] = moving;
  }
}

void sort_bucket(std::span<PrefixOutcome> entries) {
  constexpr std::size_t kInsertionSortLimit = 24;
  if (entries.size() <= kInsertionSortLimit) {
    insertion_sort(entries);
  } else {
    std::stable_sort(entries.begin(), entries.end(), by_prefix);
  }
}

}  // namespace

void sort_by_prefix(std::vector<PrefixOutcome>& entries) {
  if (std::is_sorted(entries.begin(), entries.end(), by_prefix)) return;
  // Below this the buckets cost more than they save.
  constexpr std::size_t kWorthDistributing = 4096;
  if (entries.size() < kWorthDistributing) {
    std::stable_sort(entries.begin(), entries.end(), by_prefix);
    return;
  }
  // Counting sort: `end` holds where each bucket starts, then, as it fills, where it ends.
  std::vector<std::size_t> end(kBuckets + 1);
  for (const PrefixOutcome& entry : entries) ++end[bucket_of(entry.prefix) + 1];
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) end[bucket + 1] += end[bucket];
  std::vector<PrefixOutcome> sorted(entries.size());
  for (const PrefixOutcome& entry : entries) sorted[end[bucket_of(entry.prefix)]++] = entry;
  std::size_t start = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    sort_bucket(std::span(sorted).subspan(start, end[bucket] - start));
    start = end[bucket];
  }
  entries = std::move(sorted);
}

std::vector<Interval> elementary_intervals(std::span<const PrefixOutcome> sorted) {
  std::vector<Interval> intervals;
  IntervalSweep sweep([&](AddressBits last, Outcome outcome) {
    intervals.push_back({last, outcome});
  });
  for (const PrefixOutcome& entry : sorted) sweep.add(entry.prefix, entry.outcome);
  sweep.finish();
  return intervals;
}

}  // namespace portcullis
