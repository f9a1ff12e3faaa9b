#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "policy/ip_address.h"
#include "policy/node_arena.h"

namespace portcullis {

// Where a range of addresses leads: to the code of its outcome, to a node that divides it, or to a
// table that does, with one slot for each value of the next `bits` bits. What describes a table
// lies in the reference to it, so that it takes no cache line of its own.
class NodeRef {
 public:
  // Tables start at multiples of this many slots.
  static constexpr std::size_t kTableAlignment = 16;
  static constexpr std::size_t kMaxSlots = kTableAlignment << 24;

  constexpr NodeRef() = default;
  static constexpr NodeRef to_code(std::uint32_t code) { return NodeRef(code); }
  static constexpr NodeRef to_node(std::uint32_t unit) { return NodeRef(unit | kNode); }
  static constexpr NodeRef to_table(std::size_t first_slot, unsigned bits) {
    const auto number = static_cast<std::uint32_t>(first_slot / kTableAlignment);
    return NodeRef(kTable | number << kBitsWidth | bits);
  }

  bool is_node() const { return (value_ & kNode) != 0; }
  bool is_table() const { return (value_ & (kNode | kTable)) == kTable; }
  std::uint32_t code() const { return value_; }
  std::uint32_t unit() const { return value_ & ~kNode; }

  // Of a table: how many bits it takes, at least one, and which slot they lead to, counted over all
  // tables. `rest` is the first 64 bits of the address, without those that led here.
  unsigned bits() const { return value_ & ((1U << kBitsWidth) - 1); }
  std::size_t slot_of(std::uint64_t rest) const {
    const std::size_t first = std::size_t{(value_ & ~kTable) >> kBitsWidth} * kTableAlignment;
    return first + static_cast<std::size_t>(rest >> (64 - bits()));
  }

 private:
  static constexpr std::uint32_t kNode = 1U << 31;
  static constexpr std::uint32_t kTable = 1U << 30;  // codes stay below
  static constexpr unsigned kBitsWidth = 6;          // the width of a shift's operand on x86-64
  constexpr explicit NodeRef(std::uint32_t value) : value_(value) {}

  std::uint32_t value_ = 0;
};

template <typename Bits>
struct CodedRange {
  Bits last{};
  std::uint32_t code = 0;
};

// RangeTrieBuilder writes runs of ranges into an arena as nodes of one cache line each: as many
// ranges to a leaf as fit, then as many leaves to a branch as fit, and so on upwards.
//
// A node ends a little early where that gives it a round end, for round ends make narrow windows in
// the branches above. Still a leaf takes at least two ranges and a branch at least four children,
// whatever the input: n ranges are at most 1 + ceil(log4(n / 2)) levels deep, and memory is linear.
// In practice windows are two to four bytes wide and a line holds 12 to 29 ranges.
//
// Bits is as wide as the addresses: std::uint32_t for IPv4, AddressBits for IPv6.
template <typename Bits>
class RangeTrieBuilder {
 public:
  RangeTrieBuilder(NodeArena& arena, unsigned code_bits) : arena_(arena), code_bits_(code_bits) {}

  // Stores consecutive ranges of which the first starts at `first`. At least one.
  NodeRef add_run(Bits first, std::span<const CodedRange<Bits>> ranges);

 private:
  // A node that was appended: its line and the last address that it covers.
  struct Child {
    std::uint32_t line;
    Bits last;
  };

  // Write a node to node_; return its size in bytes.
  unsigned write_leaf(Bits first, Bits last, std::span<const CodedRange<Bits>> ranges);
  unsigned write_branch(Bits first, std::span<const Child> children);

  // Append one level: the leaves of a run, or the branches above children_. Leave it in children_.
  void add_leaves(Bits first, std::span<const CodedRange<Bits>> ranges);
  void add_branches(Bits first);

  NodeArena& arena_;
  unsigned code_bits_;
  CacheLine node_;               // the node being written
  std::vector<Child> children_;  // of the level being built
  std::vector<Child> parents_;
};

extern template class RangeTrieBuilder<std::uint32_t>;
extern template class RangeTrieBuilder<AddressBits>;

}  // namespace portcullis
