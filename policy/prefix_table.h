#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <tl/expected.hpp>

#include "policy/ip_prefix.h"
#include "policy/outcome_codes.h"
#include "policy/prefix_outcome.h"
#include "policy/range_node.h"
#include "policy/range_trie_builder.h"
#include "policy/slot_tables.h"

namespace portcullis {

// Why a table was not built: the prefixes need more memory than the caller allows.
enum class PrefixTableError : std::uint8_t { too_large };

// PrefixTable answers longest-prefix match over IPv4 and IPv6, by a level-compressed radix trie
// whose leaves are runs of merged address ranges (see policy/README.md for the layout and
// bench/RESULTS.md for what it costs).
//
// Immutable after build(): any number of threads may call lookup(). To change it, build another.
class PrefixTable {
 public:
  static constexpr std::size_t kDefaultMaxBytes = std::size_t{1} << 30;

  // A table that covers nothing.
  PrefixTable();

  // Builds from prefixes in any order; of equal prefixes the one that stands last decides.
  // Neighbours with one outcome are merged, so the table's size follows the number of distinct
  // ranges. Cost: a sort of `entries` (none when they are sorted already) and one sweep; memory is
  // checked against `max_bytes` while it grows. The depth is bounded for every input: in a table of
  // n ranges a lookup reads at most five cache lines for an IPv4 address and 4 + ceil(log4(n / 2))
  // for an IPv6 address, and one more if outcomes need a dictionary.
  static tl::expected<PrefixTable, PrefixTableError> build(
      std::vector<PrefixOutcome> entries, std::size_t max_bytes = kDefaultMaxBytes);

  // The outcome of the longest prefix that covers `address`, or kNoOutcome. Does not allocate, lock
  // or throw. The address is passed by reference because a copy of one that has just been made
  // stalls the processor (it cannot forward two narrow stores to one wide load) for longer than
  // most of a lookup takes.
  Outcome lookup(const IpAddress& address) const noexcept;

  // How many different cache lines of the table lookup() of this address reads, the root's slot and
  // the dictionary included. For tests and benchmarks.
  unsigned cache_lines(const IpAddress& address) const noexcept;

  // Bytes held by the table.
  std::size_t memory_bytes() const noexcept;

 private:
  friend class PrefixTableBuilder;

  // Each calls visit(address) for every slot and node that it reads.
  template <typename Visit>
  Outcome find_full_ipv4(std::uint64_t bits, Visit visit) const noexcept;
  template <typename Visit>
  [[gnu::noinline]] Outcome find_other(const IpAddress& address, Visit visit) const noexcept;
  template <typename Visit>
  Outcome find(NodeRef root, const IpAddress& address, Visit visit) const noexcept;
  // What no table divides any more.
  template <typename Visit>
  NodeRef find_slot(NodeRef root, std::uint64_t bits, Visit visit) const noexcept;
  // In the nodes from this one on.
  template <typename Visit>
  [[gnu::noinline]] Outcome find_below(const std::byte* node, const IpAddress& address,
                                       Visit visit) const noexcept;
  const std::byte* node_of(NodeRef ref) const noexcept;
  const std::byte* child(const std::byte* branch, unsigned range) const noexcept;
  Outcome outcome_at(const std::byte* leaf, unsigned range) const noexcept;

  OutcomeCodes codes_;
  NodeRef ipv4_;
  NodeRef ipv6_;
  // If the tables of IPv4 take 16 bits: how far the first 64 bits of an address are shifted to its
  // slot in the root. Else 0.
  unsigned full_ipv4_shift_ = 0;
  TableSlots slots_;
  std::vector<CacheLine> lines_;
};

}  // namespace portcullis
