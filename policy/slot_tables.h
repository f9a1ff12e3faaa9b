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

// TableFiller divides consecutive ranges among the slots of a new table and stores what falls into
// each slot: as nodes, or, if it is much, in a table of its own. Tables nest `depth` deep.
class TableFiller {
 public:
  // How the tables of a trie are laid out.
  struct Shape {
    unsigned root_bits = 0;
    unsigned depth = 1;  // tables on the way to any node
    // A slot that holds several ranges gets a table at once, however few they are, until tables
    // have taken this many bits.
    unsigned least_bits = 0;
  };

  // The root.
  TableFiller(TableSlots& slots, RangeTrieBuilder& builder, Shape shape)
      : TableFiller(slots, builder, shape, 0, 0, shape.root_bits) {}

  NodeRef table() const { return table_; }

  // The range after the previous one; past the last slot there is nothing left to do.
  void add(AddressBits last, std::uint32_t code);

 private:
  // `first` is the first of the addresses that share the first `skip` bits.
  TableFiller(TableSlots& slots, RangeTrieBuilder& builder, Shape shape, AddressBits first,
              unsigned skip, unsigned bits);

  AddressBits slot_last() const { return slot_first_ | slot_rest_; }
  unsigned inner_bits() const;
  NodeRef store_run();

  TableSlots& slots_;
  RangeTrieBuilder& builder_;
  Shape shape_;
  unsigned skip_;
  unsigned bits_;
  std::size_t slot_;  // the one being filled
  NodeRef table_;
  std::size_t slots_end_;
  AddressBits slot_first_;
  AddressBits slot_rest_;        // the bits that vary within a slot
  std::vector<CodedRange> run_;  // its ranges so far
};

}  // namespace portcullis
