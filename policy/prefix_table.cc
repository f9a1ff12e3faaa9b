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

// Inlined even though it is large: a call would take as long as the search.
template <typename Bits>
[[gnu::always_inline]] inline unsigned find_range(const std::byte* node, const NodeHeader& header,
                                                  Bits address) {
  const auto in_line = reinterpret_cast<std::uintptr_t>(node) % kNodeBytes;
  const std::byte* line = node - in_line;
  const unsigned offset = static_cast<unsigned>(in_line) + header.ends;
  const unsigned width = header.width();
  if (sizeof(Bits) == 8 && width == 2 && header.skip == kIpv4Skip) {
    return find_range_16(line, offset, header.count, static_cast<std::uint16_t>(address >> 32));
  }
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
std::uint32_t PrefixTable::find_code(NodeRef root, Bits address, Visit visit) const noexcept {
  NodeRef ref = root;
  for (Bits rest = address; ref.is_table();) {
    const NodeRef* slot = slots_.data() + ref.slot_of(rest);
    visit(slot);
    rest <<= ref.bits();
    ref = *slot;
  }
  if (!ref.is_node()) return ref.code();
  const auto* nodes = reinterpret_cast<const std::byte*>(lines_.data());
  const std::byte* node = nodes + std::size_t{ref.unit()} * NodeArena::kUnitBytes;
  while (true) {
    visit(node);
    const NodeHeader header = load_header(node);
    const unsigned range = find_range(node, header, address);
    if (header.is_leaf()) return load_code(node, range, codes_.bits());
    const auto first_child = load_little_endian<std::uint32_t>(node + sizeof header);
    node = nodes + (std::size_t{first_child} + range) * kNodeBytes;
  }
}

// IPv4 addresses are searched in 64 bits: shifting 128 takes longer.
template <typename Visit>
std::uint32_t PrefixTable::find_ipv4(const IpAddress& address, Visit visit) const noexcept {
  return find_code(ipv4_, std::uint64_t{address.ipv4_value()} << 32, visit);
}

// Apart from IPv4, which needs few registers and should save no more on the stack.
Outcome PrefixTable::lookup_ipv6(const IpAddress& address) const noexcept {
  return codes_.decode(find_code(ipv6_, address.bits(), [](const void*) {}));
}

Outcome PrefixTable::lookup(const IpAddress& address) const noexcept {
  if (!address.is_ipv4()) return lookup_ipv6(address);
  return codes_.decode(find_ipv4(address, [](const void*) {}));
}

unsigned PrefixTable::cache_lines(const IpAddress& address) const noexcept {
  // Every node and slot on the way lies in a line of its own; a NodeRef never lies across two.
  unsigned lines = 0;
  const auto visit = [&](const void*) { ++lines; };
  address.is_ipv4() ? find_ipv4(address, visit) : find_code(ipv6_, address.bits(), visit);
  return lines + (codes_.dictionary().empty() ? 0 : 1);
}

std::size_t PrefixTable::memory_bytes() const noexcept {
  return sizeof *this + lines_.size() * sizeof(CacheLine) + slots_.size() * sizeof(NodeRef) +
         codes_.dictionary().size_bytes();
}

}  // namespace portcullis
