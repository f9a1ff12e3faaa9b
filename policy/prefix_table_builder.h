#pragma once

#include <cstddef>
#include <cstdint>

#include <tl/expected.hpp>

#include "policy/elementary_intervals.h"
#include "policy/node_arena.h"
#include "policy/outcome_codes.h"
#include "policy/prefix_table.h"
#include "policy/range_trie_builder.h"
#include "policy/slot_tables.h"

namespace portcullis {

// PrefixTableBuilder builds a PrefixTable from prefixes that come sorted, one after the other, so
// that whoever has them in a form of his own need not make a list of them. PrefixTable::build() is
// the same for prefixes in any order.
class PrefixTableBuilder {
 public:
  // In a middling IPv4 list two tables take the first 16 bits: the first of them this many.
  static constexpr unsigned kFirstStep = 12;

  // `outcomes` are those of all prefixes to come. Memory is checked against `max_bytes` while the
  // table grows.
  PrefixTableBuilder(const DistinctOutcomes& outcomes, std::size_t max_bytes);

  // All prefixes of one family, IPv4 (Bits is std::uint32_t) before IPv6 (AddressBits), each at
  // most once: for_each(add) calls add(first, length, outcome) for about `count` of them, in the
  // order of sort_by_prefix(). Amortized O(1) a prefix.
  template <typename Bits, typename ForEach>
  void add_family(std::size_t count, ForEach&& for_each) {
    if (count == 0) return;
    RangeTrieBuilder<Bits> nodes(arena_, table_.codes_.bits());
    TableFiller<Bits> root(table_.slots_, nodes, shape_for<Bits>(count));
    const auto store = [&](Bits last, Outcome outcome) {
      root.add(last, table_.codes_.encode(outcome));
    };
    IntervalSweep<Bits, decltype(store)> sweep(store);
    for_each([&](Bits first, unsigned length, Outcome outcome) {
      if (!arena_.exceeded()) sweep.add(first, length, outcome);
    });
    sweep.finish();
    take_root<Bits>(root.table(), count);
  }

  // The builder is empty afterwards.
  tl::expected<PrefixTable, PrefixTableError> take();

 private:
  template <typename Bits>
  static TableShape shape_for(std::size_t prefixes);
  template <typename Bits>
  void take_root(NodeRef root, std::size_t prefixes);

  const std::size_t max_bytes_;
  NodeArena arena_;
  PrefixTable table_;
};

template <>
TableShape PrefixTableBuilder::shape_for<std::uint32_t>(std::size_t prefixes);
template <>
TableShape PrefixTableBuilder::shape_for<AddressBits>(std::size_t prefixes);
template <>
void PrefixTableBuilder::take_root<std::uint32_t>(NodeRef root, std::size_t prefixes);
template <>
void PrefixTableBuilder::take_root<AddressBits>(NodeRef root, std::size_t prefixes);

}  // namespace portcullis
