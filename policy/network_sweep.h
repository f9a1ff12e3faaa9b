#pragma once

#include <algorithm>
#include <cstdint>

#include "policy/network_entries.h"

namespace portcullis {

// NetworkSweep walks the address space of a family from its first address to its last, in intervals
// in which the same entries cover every address. The links to the entry around do the work of a
// stack: amortized O(1) an interval, O(1) memory. `entries` must be built and outlive the sweep.
template <typename Bits>
class NetworkSweep {
 public:
  explicit NetworkSweep(const NetworkEntries<Bits>& entries) : entries_(entries) { enter(0); }

  // The last address of the interval at hand.
  Bits last() const { return last_; }

  // Goes on to the interval behind last(), which must not be the end of the address space.
  void next() { enter(static_cast<Bits>(last_ + 1)); }

 private:
  static constexpr auto kNone = NetworkEntries<Bits>::kNone;

  void enter(Bits first) {
    while (innermost_ != kNone && entries_.last(innermost_) < first) {
      innermost_ = entries_.outer(innermost_);
    }
    // What starts here stands in the order of nesting, the widest first.
    while (next_ < entries_.size() && entries_.first(next_) == first) innermost_ = next_++;
    last_ = innermost_ == kNone ? static_cast<Bits>(~Bits{0}) : entries_.last(innermost_);
    if (next_ < entries_.size()) {
      last_ = std::min(last_, static_cast<Bits>(entries_.first(next_) - 1));
    }
  }

  const NetworkEntries<Bits>& entries_;
  std::uint32_t innermost_ = kNone;  // of the entries that cover the interval
  std::uint32_t next_ = 0;           // the first entry that starts behind it
  Bits last_{};
};

}  // namespace portcullis
