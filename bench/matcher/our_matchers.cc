// PrefixTable, and the binary search that one would write without it.

#include <algorithm>

#include "bench/matcher/timed_matcher.h"
#include "policy/elementary_intervals.h"
#include "policy/prefix_table.h"

namespace portcullis::bench {
namespace {

class Ipv4Table {
 public:
  using Key = std::uint32_t;
  static Key key(IpAddress address) { return address.ipv4_value(); }

  explicit Ipv4Table(const std::vector<PrefixOutcome>& entries)
      : table_(PrefixTable::build(entries).value()) {}

  Outcome find(Key key) const { return table_.lookup(IpAddress::from_ipv4(key)); }
  std::size_t memory_bytes() const { return table_.memory_bytes(); }

 private:
  PrefixTable table_;
};

class Ipv6Table {
 public:
  using Key = AddressBits;
  static Key key(IpAddress address) { return address.bits(); }

  explicit Ipv6Table(const std::vector<PrefixOutcome>& entries)
      : table_(PrefixTable::build(entries).value()) {}

  Outcome find(Key key) const {
    return table_.lookup(IpAddress::from_bits(key, AddressFamily::ipv6));
  }
  std::size_t memory_bytes() const { return table_.memory_bytes(); }

 private:
  PrefixTable table_;
};

// std::upper_bound over the starts of the elementary intervals.
template <typename Bits>
class BinarySearch {
 public:
  using Key = Bits;
  static constexpr unsigned kBelow = 128 - 8 * sizeof(Bits);
  static Key key(IpAddress address) { return static_cast<Bits>(address.bits() >> kBelow); }

  explicit BinarySearch(const std::vector<PrefixOutcome>& sorted) {
    AddressBits first = 0;
    for (const Interval& interval : elementary_intervals(sorted)) {
      starts_.push_back(static_cast<Bits>(first >> kBelow));
      outcomes_.push_back(interval.outcome);
      first = interval.last + 1;
    }
  }

  Outcome find(Bits key) const {
    const auto behind = std::upper_bound(starts_.begin(), starts_.end(), key);
    return outcomes_[static_cast<std::size_t>(behind - starts_.begin()) - 1];
  }
  std::size_t memory_bytes() const { return starts_.size() * (sizeof(Bits) + sizeof(Outcome)); }

 private:
  std::vector<Bits> starts_;
  std::vector<Outcome> outcomes_;
};

template <typename Ipv4, typename Ipv6>
void append(Matchers& matchers, const char* name, const std::vector<PrefixOutcome>& sorted) {
  if (sorted.front().prefix.family() == AddressFamily::ipv4) {
    matchers.push_back(std::make_unique<TimedMatcher<Ipv4>>(name, sorted));
  } else {
    matchers.push_back(std::make_unique<TimedMatcher<Ipv6>>(name, sorted));
  }
}

}  // namespace

void append_ours(Matchers& matchers, const std::vector<PrefixOutcome>& sorted) {
  append<Ipv4Table, Ipv6Table>(matchers, "portcullis", sorted);
}

void append_binary_search(Matchers& matchers, const std::vector<PrefixOutcome>& sorted) {
  append<BinarySearch<std::uint32_t>, BinarySearch<AddressBits>>(matchers, "binary_search", sorted);
}

}  // namespace portcullis::bench
