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

namespace {

template <typename Bits>
std::vector<Interval> sweep_all(std::span<const PrefixOutcome> sorted) {
  constexpr unsigned kBelow = 8 * (sizeof(AddressBits) - sizeof(Bits));
  constexpr AddressBits kOnesBelow = kBelow == 0 ? 0 : ~prefix_mask(128 - kBelow);
  std::vector<Interval> intervals;
  const auto collect = [&](Bits last, Outcome outcome) {
    intervals.push_back({AddressBits{last} << kBelow | kOnesBelow, outcome});
  };
  IntervalSweep<Bits, decltype(collect)> sweep(collect);
  for (const PrefixOutcome& entry : sorted) {
    sweep.add(entry.prefix.leading_bits<Bits>(), entry.prefix.length(), entry.outcome);
  }
  sweep.finish();
  return intervals;
}

}  // namespace

std::vector<Interval> elementary_intervals(std::span<const PrefixOutcome> sorted) {
  const bool ipv4 = !sorted.empty() && sorted.front().prefix.family() == AddressFamily::ipv4;
  return ipv4 ? sweep_all<std::uint32_t>(sorted) : sweep_all<AddressBits>(sorted);
}

}  // namespace portcullis
