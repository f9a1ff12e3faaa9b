#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "policy/ip_prefix.h"
#include "policy/range_trie_builder.h"

namespace portcullis {

// The upper levels of a trie: where addresses are dense, a table finds the way in one step. Few
// tables, with many slots, side by side.
using TableSlots = std::vector<NodeRef>;

// How the tables of a trie are laid out.
struct TableShape {
  unsigned root_bits = 0;
  unsigned depth = 1;  // tables on the way to any node
  // A slot that holds several ranges gets a table at once, however few they are, until tables have
  // taken this many bits.
  unsigned least_bits = 0;
};

// TableFiller divides consecutive ranges among the slots of a new table and stores what falls into
// each slot: as nodes, or, if it is much, in a table of its own. Tables nest `depth` deep.
template <typename Bits>
class TableFiller {
 public:
  // The root.
  TableFiller(TableSlots& slots, RangeTrieBuilder<Bits>& builder, const TableShape& shape)
      : TableFiller(slots, builder, shape, 0, 0, shape.root_bits) {}

  NodeRef table() const { return table_; }

  // The range after the previous one; past the last slot there is nothing left to do.
  void add(Bits last, std::uint32_t code);

 private:
  // `first` is the first of the addresses that share the first `skip` bits.
  TableFiller(TableSlots& slots, RangeTrieBuilder<Bits>& builder, const TableShape& shape,
              Bits first, unsigned skip, unsigned bits);

  Bits slot_last() const { return slot_first_ | slot_rest_; }
  unsigned inner_bits() const;
  NodeRef store_run();

  TableSlots& slots_;
  RangeTrieBuilder<Bits>& builder_;
  TableShape shape_;
  unsigned skip_;
  unsigned bits_;
  std::size_t slot_;  // the one being filled
  NodeRef table_;
  std::size_t slots_end_;
  Bits slot_first_;
  Bits slot_rest_;                     // the bits that vary within a slot
  std::vector<CodedRange<Bits>> run_;  // its ranges so far
};

extern template class TableFiller<std::uint32_t>;
extern template class TableFiller<AddressBits>;

}  // namespace portcullis
