#include "policy/prefix_table_builder.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace portcullis {
namespace {

// One slot for each prefix or two, at most 2^16, so that a short list makes a small table.
//
// From kFullIpv4 prefixes on, IPv4 tables take all of the first 16 bits: what lies below is then
// searched by windows of two bytes, which take SSE2. A long list does that with its root alone and
// has no other table; a shorter one in two steps, of which the second costs a line only where
// something is listed. Either way five lines suffice for any list.
constexpr unsigned kMaxRootBits = 16;
constexpr std::size_t kFullIpv4 = 2048;

}  // namespace

PrefixTableBuilder::PrefixTableBuilder(const DistinctOutcomes& outcomes, std::size_t max_bytes)
    : max_bytes_(max_bytes), arena_(max_bytes) {
  table_.codes_ = OutcomeCodes(outcomes);
}

template <>
TableShape PrefixTableBuilder::shape_for<std::uint32_t>(std::size_t prefixes) {
  const unsigned bits = std::min(kMaxRootBits, static_cast<unsigned>(std::bit_width(prefixes)));
  if (bits == kMaxRootBits || prefixes < kFullIpv4) return {bits, 1, 0};
  return {kFirstStep, 2, kMaxRootBits};
}

template <>
TableShape PrefixTableBuilder::shape_for<AddressBits>(std::size_t prefixes) {
  return {std::min(kMaxRootBits, static_cast<unsigned>(std::bit_width(prefixes))), 3, 0};
}

template <>
void PrefixTableBuilder::take_root<std::uint32_t>(NodeRef root, std::size_t prefixes) {
  table_.ipv4_ = root;
  const TableShape shape = shape_for<std::uint32_t>(prefixes);
  if (std::max(shape.root_bits, shape.least_bits) == kMaxRootBits) {
    table_.full_ipv4_shift_ = 64 - shape.root_bits;
  }
}

template <>
void PrefixTableBuilder::take_root<AddressBits>(NodeRef root, std::size_t) {
  table_.ipv6_ = root;
}

tl::expected<PrefixTable, PrefixTableError> PrefixTableBuilder::take() {
  PrefixTable table = std::exchange(table_, PrefixTable());
  table.slots_.shrink_to_fit();
  if (arena_.exceeded()) return tl::unexpected(PrefixTableError::too_large);
  table.codes_.drop_encoder();
  table.lines_ = arena_.take_lines();
  if (table.memory_bytes() > max_bytes_) return tl::unexpected(PrefixTableError::too_large);
  return table;
}

}  // namespace portcullis
