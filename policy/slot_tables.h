#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "policy/ip_prefix.h"
#include "policy/range_trie_builder.h"

namespace portcullis {

// A table divides a range of addresses that share `skip` bits by the `bits` that follow: one slot
// for each value.
struct SlotTable {
  std::uint32_t first_slot = 0;
  std::uint8_t skip = 0;
  std::uint8_t bits = 0;

  // The slot of an address given as its left-aligned bits.
  template <typename Bits>
  std::size_t slot_of(Bits address) const {
    // In two steps, because a table of no bits would shift by the whole width.
    constexpr unsigned kWidth = sizeof(Bits) * 8;
    const Bits rest = static_cast<Bits>(address << skip) >> 1;
    return first_slot + static_cast<std::size_t>(rest >> (kWidth - 1 - bits));
  }
};

// The upper levels of a trie: where addresses are dense, a table finds the way in one step. Few
// tables, with many slots.
struct SlotTables {
  std::vector<SlotTable> tables;
  std::vector<NodeRef> slots;

  std::size_t memory_bytes() const {
    return tables.size() * sizeof(SlotTable) + slots.size() * sizeof(NodeRef);
  }
};

// TableFiller divides consecutive ranges among the slots of a new table and stores what falls into
// each slot: as nodes, or, if it is much, in a table of its own. Tables nest kMaxNesting deep.
class TableFiller {
 public:
  static constexpr unsigned kMaxNesting = 3;

  // `first` is the first of the addresses that share the first `skip` bits.
  TableFiller(SlotTables& tables, RangeTrieBuilder& builder, AddressBits first, unsigned skip,
              unsigned bits, unsigned nesting);

  NodeRef table() const { return NodeRef::to_table(table_); }

  // The range after the previous one; past the last slot there is nothing left to do.
  void add(AddressBits last, std::uint32_t code);

 private:
  AddressBits slot_last() const { return slot_first_ | ~prefix_mask(skip_ + bits_); }
  NodeRef store_run();

  SlotTables& tables_;
  RangeTrieBuilder& builder_;
  unsigned skip_;
  unsigned bits_;
  unsigned nesting_;
  std::uint32_t table_;
  std::size_t slot_;  // the one being filled
  std::size_t slots_end_;
  AddressBits slot_first_;
  std::vector<CodedRange> run_;  // its ranges so far
};

}  // namespace portcullis
