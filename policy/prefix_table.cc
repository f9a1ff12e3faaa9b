#include "policy/prefix_table.h"

#include <algorithm>
#include <cstdint>

#include "policy/elementary_intervals.h"
#include "policy/node_arena.h"
#include "policy/prefix_table_builder.h"

namespace portcullis {
namespace {

// The bits that the first of two tables takes, where a shorter IPv4 list has two.
constexpr unsigned kFirstStep = PrefixTableBuilder::kFirstStep;

// Where in its cache line a node starts.
unsigned offset_in_line(const std::byte* node) {
  return reinterpret_cast<std::uintptr_t>(node) % kNodeBytes;
}

const std::byte* line_of(const std::byte* node) {
  return node - offset_in_line(node);
}

unsigned find_window(const std::byte* node, const NodeHeader& header, std::uint64_t window) {
  return find_range_16(line_of(node), offset_in_line(node) + header.ends, header.count,
                       static_cast<std::uint16_t>(window));
}

// In a node of any kind.
unsigned find_range(const std::byte* node, const NodeHeader& header, AddressBits address) {
  const std::byte* line = line_of(node);
  const unsigned offset = offset_in_line(node) + header.ends;
  const unsigned width = header.width();
  const AddressBits rest = address << header.skip;
  const auto top = static_cast<std::uint64_t>(rest >> 64);
  if (width == 2) return find_window(node, header, top >> 48);
  if (width <= 8) {
    return find_range_64(line, offset, header.count, width, top >> (64 - 8 * width));
  }
  const auto low = static_cast<std::uint64_t>(rest >> (128 - 8 * width));
  return find_range_128(line, offset, header.count, width, top, low);
}

}  // namespace

PrefixTable::PrefixTable() = default;

tl::expected<PrefixTable, PrefixTableError> PrefixTable::build(std::vector<PrefixOutcome> entries,
                                                               std::size_t max_bytes) {
  sort_by_prefix(entries);
  DistinctOutcomes outcomes;
  for (const PrefixOutcome& entry : entries) outcomes.add(entry.outcome);
  PrefixTableBuilder builder(outcomes, max_bytes);
  const auto ipv6 =
      std::ranges::lower_bound(entries, AddressFamily::ipv6, {},
                               [](const PrefixOutcome& entry) { return entry.prefix.family(); });
  const auto add_family = [&]<typename Bits>(Bits, std::span<const PrefixOutcome> family) {
    builder.add_family<Bits>(family.size(), [family](auto&& add) {
      for (const PrefixOutcome& entry : family) {
        add(entry.prefix.leading_bits<Bits>(), entry.prefix.length(), entry.outcome);
      }
    });
  };
  add_family(std::uint32_t{}, {entries.begin(), ipv6});
  add_family(AddressBits{}, {ipv6, entries.end()});
  return builder.take();
}

// Tables take no more than the first 64 bits of an address.
template <typename Visit>
NodeRef PrefixTable::find_slot(NodeRef root, std::uint64_t bits, Visit visit) const noexcept {
  NodeRef ref = root;
  while (ref.is_table()) {
    const NodeRef* slot = slots_.data() + ref.slot_of(bits);
    visit(slot);
    bits <<= ref.bits();
    ref = *slot;
  }
  return ref;
}

inline const std::byte* PrefixTable::node_of(NodeRef ref) const noexcept {
  const auto* nodes = reinterpret_cast<const std::byte*>(lines_.data());
  return nodes + std::size_t{ref.unit()} * NodeArena::kUnitBytes;
}

inline const std::byte* PrefixTable::child(const std::byte* branch, unsigned range) const noexcept {
  const auto first = load_little_endian<std::uint32_t>(branch + sizeof(NodeHeader));
  return lines_.data()[std::size_t{first} + range].bytes.data();
}

inline Outcome PrefixTable::outcome_at(const std::byte* leaf, unsigned range) const noexcept {
  return codes_.decode(load_code(leaf, range, codes_.bits()));
}

// IPv4 is stored first, its root at the first slot. Every node of a table that takes 16 bits has
// its window in the other 16, so that it can be compared before the header is read.
template <typename Visit>
Outcome PrefixTable::find_full_ipv4(std::uint64_t bits, Visit visit) const noexcept {
  const NodeRef* slot = slots_.data() + (bits >> full_ipv4_shift_);
  visit(slot);
  if (slot->is_table()) {
    slot = slots_.data() + slot->slot_of(bits << kFirstStep);
    visit(slot);
  }
  const NodeRef ref = *slot;
  if (!ref.is_node()) return codes_.decode(ref.code());
  for (const std::byte* node = node_of(ref);;) {
    visit(node);
    const NodeHeader header = load_header(node);
    const unsigned range = find_window(node, header, bits >> 32);
    if (header.is_leaf()) return outcome_at(node, range);
    node = child(node, range);
  }
}

// All windows of IPv4 and most of IPv6 have two bytes within the first 64 bits. Others are left to
// find_below(), which needs so many registers that saving them takes as long as a search here.
template <typename Visit>
Outcome PrefixTable::find(NodeRef root, const IpAddress& address, Visit visit) const noexcept {
  const std::uint64_t bits = address.high_bits();
  const NodeRef ref = find_slot(root, bits, visit);
  if (!ref.is_node()) return codes_.decode(ref.code());
  for (const std::byte* node = node_of(ref);;) {
    const NodeHeader header = load_header(node);
    if (header.width() != 2 || header.skip > 48) return find_below(node, address, visit);
    visit(node);
    const unsigned range = find_window(node, header, bits << header.skip >> 48);
    if (header.is_leaf()) return outcome_at(node, range);
    node = child(node, range);
  }
}

template <typename Visit>
Outcome PrefixTable::find_below(const std::byte* node, const IpAddress& address,
                                Visit visit) const noexcept {
  const AddressBits bits = address.bits();
  while (true) {
    visit(node);
    const NodeHeader header = load_header(node);
    const unsigned range = find_range(node, header, bits);
    if (header.is_leaf()) return outcome_at(node, range);
    node = child(node, range);
  }
}

template <typename Visit>
Outcome PrefixTable::find_other(const IpAddress& address, Visit visit) const noexcept {
  return find(address.is_ipv4() ? ipv4_ : ipv6_, address, visit);
}

Outcome PrefixTable::lookup(const IpAddress& address) const noexcept {
  const auto ignore = [](const void*) {};
  if (!address.is_ipv4() || full_ipv4_shift_ == 0) return find_other(address, ignore);
  return find_full_ipv4(address.high_bits(), ignore);
}

unsigned PrefixTable::cache_lines(const IpAddress& address) const noexcept {
  // Every node and slot on the way lies in a line of its own; a NodeRef never lies across two.
  unsigned lines = 0;
  const auto visit = [&](const void*) { ++lines; };
  if (address.is_ipv4() && full_ipv4_shift_ != 0) {
    find_full_ipv4(address.high_bits(), visit);
  } else {
    find_other(address, visit);
  }
  return lines + (codes_.dictionary().empty() ? 0 : 1);
}

std::size_t PrefixTable::memory_bytes() const noexcept {
  return sizeof *this + lines_.size() * sizeof(CacheLine) + slots_.size() * sizeof(NodeRef) +
         codes_.dictionary().size_bytes();
}

}  // namespace portcullis
