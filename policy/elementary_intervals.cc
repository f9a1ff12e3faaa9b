#include "policy/elementary_intervals.h"

#include <algorithm>
#include <cstdint>

#include "policy/radix_sort.h"

namespace portcullis {

void sort_by_prefix(std::vector<PrefixOutcome>& entries) {
  const auto by_prefix = [](const PrefixOutcome& a, const PrefixOutcome& b) {
    return a.prefix < b.prefix;
  };
  // All of an IPv4 prefix; of an IPv6 prefix the first 63 bits.
  const auto key = [](const PrefixOutcome& entry) {
    const auto high = static_cast<std::uint64_t>(entry.prefix.bits() >> 64);
    if (entry.prefix.family() == AddressFamily::ipv6) return high >> 1 | std::uint64_t{1} << 63;
    return high >> 26 | entry.prefix.length();
  };
  radix_sort(entries, key, by_prefix);
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
