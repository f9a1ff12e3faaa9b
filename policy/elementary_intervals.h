#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "policy/ip_prefix.h"
#include "policy/prefix_outcome.h"

namespace portcullis {

// Elementary intervals are what a set of prefixes means: the address space of a family cut into
// consecutive ranges with one outcome each, neighbours with equal outcomes merged. They are
// longest-prefix match resolved once and for all; what remains is to find the range.
//
// An interval starts behind its predecessor. `last` is left-aligned, and the bits beyond the
// family's width are ones, as if an IPv4 address were a prefix of length 32 in 128 bits.
struct Interval {
  AddressBits last = 0;
  Outcome outcome = kNoOutcome;

  friend bool operator==(const Interval&, const Interval&) = default;
};

// Sorts by prefix and keeps the order of equal ones, so that the last of them can win. Nothing to
// do when the entries are sorted already; otherwise it needs a second array of the same size.
void sort_by_prefix(std::vector<PrefixOutcome>& entries);

// IntervalSweep turns the sorted prefixes of one family into elementary intervals, handed out as
// sink(last, outcome) in ascending order. Bits is as wide as the family's addresses, or wider.
// Amortized O(1) per prefix, and O(1) memory: the open prefixes enclose one another, so there is at
// most one of each length.
template <typename Bits, typename Sink>
class IntervalSweep {
 public:
  explicit IntervalSweep(Sink sink) : sink_(std::move(sink)) {}

  // The prefix that starts at `first` must not sort before the previous one. Of equal prefixes the
  // last one counts.
  void add(Bits first, unsigned length, Outcome outcome) {
    while (top().last < first) close();
    if (first != 0) emit(first - 1, top().outcome);
    if (top().first == first && top().length == length) --open_count_;
    const Bits last = first | static_cast<Bits>(~prefix_mask<Bits>(length));
    open_[open_count_++] = {first, last, outcome, length};
  }

  // Closes what is still open. The last interval ends with the address space.
  void finish() {
    while (open_count_ > 0) close();
    sink_(pending_.last, pending_.outcome);
  }

 private:
  static constexpr unsigned kNoLength = 255;

  struct Open {
    Bits first = 0;
    Bits last = static_cast<Bits>(~Bits{0});
    Outcome outcome = kNoOutcome;
    unsigned length = kNoLength;
  };

  const Open& top() const { return open_[open_count_ - 1]; }

  void close() {
    emit(top().last, top().outcome);
    --open_count_;
  }

  // The addresses up to `last` that were not handed out yet; none if a nested prefix ended there.
  void emit(Bits last, Outcome outcome) {
    if (started_ && last <= pending_.last) return;
    if (started_ && outcome != pending_.outcome) sink_(pending_.last, pending_.outcome);
    started_ = true;
    pending_ = {last, outcome};
  }

  Sink sink_;
  // At the bottom the space that no prefix covers, then prefixes of ascending length 0..128.
  std::array<Open, 130> open_{};
  std::size_t open_count_ = 1;
  bool started_ = false;
  struct {
    Bits last{};
    Outcome outcome = kNoOutcome;
  } pending_;  // held back because the next one may merge into it
};

// The elementary intervals of `sorted`, whose prefixes are all of one family.
std::vector<Interval> elementary_intervals(std::span<const PrefixOutcome> sorted);

}  // namespace portcullis
