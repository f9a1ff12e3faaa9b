#include "policy/prefix_table.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "policy/elementary_intervals.h"
#include "policy/node_arena.h"

namespace portcullis {
namespace {

// One slot for each prefix or two, at most 2^16, so that a short list makes a small table.
//
// From kFullIpv4 prefixes on, IPv4 tables take all of the first 16 bits: what lies below is then
// searched by windows of two bytes, which take SSE2. A long list does that with its root alone and
// has no other table; a shorter one in two steps, of which the second costs a line only where
// something is listed. Either way five lines suffice for any list.
constexpr unsigned kMaxRootBits = 16;
constexpr unsigned kMaxFirstStep = 12;
constexpr std::size_t kFullIpv4 = 2048;

TableFiller::Shape shape_for(AddressFamily family, std::size_t prefixes) {
  const unsigned bits = std::min(kMaxRootBits, static_cast<unsigned>(std::bit_width(prefixes)));
  if (family == AddressFamily::ipv6) return {bits, 3, 0};
  if (bits == kMaxRootBits || prefixes < kFullIpv4) return {bits, 1, 0};
  return {kMaxFirstStep, 2, kMaxRootBits};
}

// Where in its cache line a node starts.
unsigned offset_in_line(const std::byte* node) {
  return reinterpret_cast<std::uintptr_t>(node) % kNodeBytes;
}

// In a node of any kind. Inlined even though it is large: a call would take as long as the search.
template <typename Bits>
[[gnu::always_inline]] inline unsigned find_range(const std::byte* node, const NodeHeader& header,
                                                  Bits address) {
  const std::byte* line = node - offset_in_line(node);
  const unsigned offset = offset_in_line(node) + header.ends;
  const unsigned width = header.width();
  const Bits rest = address << header.skip;
  const auto top = static_cast<std::uint64_t>(rest >> (sizeof(Bits) * 8 - 64));
  if (width == 2) {
    return find_range_16(line, offset, header.count, static_cast<std::uint16_t>(top >> 48));
  }
  if (sizeof(Bits) == 8 || width <= 8) {
    return find_range_64(line, offset, header.count, width, top >> (64 - 8 * width));
  }
  const auto low = static_cast<std::uint64_t>(static_cast<AddressBits>(rest) >> (128 - 8 * width));
  return find_range_128(line, offset, header.count, width, top, low);
}

}  // namespace

PrefixTable::PrefixTable() = default;

void PrefixTable::add_family(std::span<const PrefixOutcome> sorted, AddressFamily family,
                             NodeArena& arena) {
  if (sorted.empty()) return;
  RangeTrieBuilder builder(arena, codes_.bits());
  TableFiller root(slots_, builder, shape_for(family, sorted.size()));
  IntervalSweep sweep(
      [&](AddressBits last, Outcome outcome) { root.add(last, codes_.encode(outcome)); });
  for (const PrefixOutcome& entry : sorted) {
    if (arena.exceeded()) return;
    sweep.add(entry.prefix, entry.outcome);
  }
  sweep.finish();
  (family == AddressFamily::ipv4 ? ipv4_ : ipv6_) = root.table();
}

tl::expected<PrefixTable, PrefixTableError> PrefixTable::build(std::vector<PrefixOutcome> entries,
                                                               std::size_t max_bytes) {
  sort_by_prefix(entries);
  const auto ipv6 =
      std::ranges::lower_bound(entries, AddressFamily::ipv6, {},
                               [](const PrefixOutcome& entry) { return entry.prefix.family(); });
  const std::span<const PrefixOutcome> all(entries);
  const auto ipv4_count = static_cast<std::size_t>(ipv6 - entries.begin());
  PrefixTable table;
  table.codes_ = OutcomeCodes(entries);
  NodeArena arena(max_bytes);
  table.add_family(all.first(ipv4_count), AddressFamily::ipv4, arena);
  table.add_family(all.subspan(ipv4_count), AddressFamily::ipv6, arena);
  table.slots_.shrink_to_fit();
  if (arena.exceeded()) return tl::unexpected(PrefixTableError::too_large);
  table.codes_.drop_encoder();
  table.lines_ = arena.take_lines();
  if (table.memory_bytes() > max_bytes) return tl::unexpected(PrefixTableError::too_large);
  return table;
}

template <typename Bits, typename Visit>
NodeRef PrefixTable::find_slot(NodeRef root, Bits address, Visit visit) const noexcept {
  NodeRef ref = root;
  for (Bits rest = address; ref.is_table();) {
    const NodeRef* slot = slots_.data() + ref.slot_of(rest);
    visit(slot);
    rest <<= ref.bits();
    ref = *slot;
  }
  return ref;
}

const std::byte* PrefixTable::node_of(NodeRef ref) const noexcept {
  const auto* nodes = reinterpret_cast<const std::byte*>(lines_.data());
  return nodes + std::size_t{ref.unit()} * NodeArena::kUnitBytes;
}

const std::byte* PrefixTable::child(const std::byte* branch, unsigned range) const noexcept {
  const auto first = load_little_endian<std::uint32_t>(branch + sizeof(NodeHeader));
  return lines_.data()[std::size_t{first} + range].bytes.data();
}

template <typename Bits, typename Visit>
std::uint32_t PrefixTable::find_code_below(const std::byte* node, Bits address,
                                           Visit visit) const noexcept {
  while (true) {
    visit(node);
    const NodeHeader header = load_header(node);
    const unsigned range = find_range(node, header, address);
    if (header.is_leaf()) return load_code(node, range, codes_.bits());
    node = child(node, range);
  }
}

// Searched in 64 bits, because shifting 128 takes longer, and mostly in nodes of one kind. Others
// are left to find_code_below(), which needs so many registers that saving them takes time.
template <typename Visit>
std::uint32_t PrefixTable::find_ipv4(const IpAddress& address, Visit visit) const noexcept {
  const std::uint64_t bits = std::uint64_t{address.ipv4_value()} << 32;
  const NodeRef ref = find_slot(ipv4_, bits, visit);
  if (!ref.is_node()) return ref.code();
  const std::byte* node = node_of(ref);
  while (true) {
    const NodeHeader header = load_header(node);
    if (!header.is_plain_ipv4()) return find_code_below(node, bits, visit);
    visit(node);
    const unsigned in_line = offset_in_line(node);
    const unsigned range = find_range_16(node - in_line, in_line + header.ends, header.count,
                                         static_cast<std::uint16_t>(bits >> 32));
    if (header.is_leaf()) return load_code(node, range, codes_.bits());
    node = child(node, range);
  }
}

template <typename Visit>
std::uint32_t PrefixTable::find_ipv6(const IpAddress& address, Visit visit) const noexcept {
  const NodeRef ref = find_slot(ipv6_, address.bits(), visit);
  return ref.is_node() ? find_code_below(node_of(ref), address.bits(), visit) : ref.code();
}

Outcome PrefixTable::lookup(const IpAddress& address) const noexcept {
  const auto ignore = [](const void*) {};
  return codes_.decode(address.is_ipv4() ? find_ipv4(address, ignore) : find_ipv6(address, ignore));
}

unsigned PrefixTable::cache_lines(const IpAddress& address) const noexcept {
  // Every node and slot on the way lies in a line of its own; a NodeRef never lies across two.
  unsigned lines = 0;
  const auto visit = [&](const void*) { ++lines; };
  address.is_ipv4() ? find_ipv4(address, visit) : find_ipv6(address, visit);
  return lines + (codes_.dictionary().empty() ? 0 : 1);
}

std::size_t PrefixTable::memory_bytes() const noexcept {
  return sizeof *this + lines_.size() * sizeof(CacheLine) + slots_.size() * sizeof(NodeRef) +
         codes_.dictionary().size_bytes();
}

}  // namespace portcullis
