#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "policy/ip_address.h"

namespace portcullis {

struct alignas(64) CacheLine {
  std::array<std::byte, 64> bytes{};
};
static_assert(sizeof(CacheLine) == 64);

// A node of the trie stands for a range of addresses, cut into `count` consecutive ranges. It lies
// within one cache line:
//
//   leaf    NodeHeader | code of each range, 1 to 32 bits | ends
//   branch  NodeHeader | 32-bit number of the first child's line; the others follow | ends
//
// `ends` are the last addresses of all ranges but the last, ascending. Of each end only a window is
// stored: `width` bytes behind the first `skip` bits. The bits before the window are the same in
// every address of the node (path compression); those behind it are ones in every end. So
// address <= end exactly when window(address) <= window(end).
// No window is narrower: in IPv4 all have two bytes, which makes one way to search them.
inline constexpr unsigned kMinWindow = 2;

// In a table that takes 16 bits, all windows of IPv4 are the other 16: kIpv4Skip instead of a
// longer skip. A search can then compare without having read the header.
inline constexpr unsigned kIpv4Skip = 16;

// What a search needs first: it must not wait for the kind of the node, which the processor can
// only guess, to know where the ends are.
struct NodeHeader {
  static constexpr std::uint8_t kLeaf = 0x80;

  std::uint8_t skip = 0;
  std::uint8_t ends = 0;  // where they start
  std::uint8_t count = 1;
  std::uint8_t kind = kMinWindow | kLeaf;  // width, and whether it is a leaf

  constexpr bool is_leaf() const { return (kind & kLeaf) != 0; }
  constexpr unsigned width() const { return kind & ~kLeaf & 0xffU; }
};
static_assert(sizeof(NodeHeader) == 4);

inline constexpr std::size_t kNodeBytes = 64;
inline constexpr unsigned kChildBytes = 4;

// Where the ends start. Ends of two bytes are aligned, for they are searched eight at a time.
constexpr unsigned ends_offset(const NodeHeader& header, unsigned code_bits) {
  const unsigned fixed = sizeof(NodeHeader);
  if (!header.is_leaf()) return fixed + kChildBytes;
  const unsigned offset = fixed + (header.count * code_bits + 7) / 8;
  return header.width() == 2 ? (offset + 1) & ~1U : offset;
}

constexpr unsigned node_bytes(const NodeHeader& header) {
  return header.ends + header.width() * (header.count - 1U);
}

// Integers lie in a node with their lowest byte first, whatever the machine.
template <typename Integer>
Integer load_little_endian(const std::byte* from) {
  Integer value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (std::endian::native == std::endian::big) {
    Integer swapped = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) {
      swapped = static_cast<Integer>(swapped << 8 | (value >> 8 * i & 0xff));
    }
    return swapped;
  }
  return value;
}

template <typename Integer>
void store_little_endian(std::byte* to, Integer value, unsigned bytes = sizeof(Integer)) {
  for (unsigned i = 0; i < bytes; ++i) to[i] = static_cast<std::byte>(value >> 8 * i & 0xff);
}

// Byte by byte: a copy of the whole would go through memory once more before its parts are read.
inline NodeHeader load_header(const std::byte* node) {
  const auto byte = [node](unsigned i) { return static_cast<std::uint8_t>(node[i]); };
  return {byte(0), byte(1), byte(2), byte(3)};
}

// The code of the range at `rank`. May read, but not use, up to three bytes behind the codes; they
// are within the line because ends follow.
inline std::uint32_t load_code(const std::byte* node, unsigned rank, unsigned code_bits) {
  const unsigned bit = rank * code_bits;
  const auto word = load_little_endian<std::uint32_t>(node + sizeof(NodeHeader) + bit / 8);
  return word >> bit % 8 & (0xffff'ffffU >> (32 - code_bits));
}

// Precondition: no code was stored at this rank yet; the node's bits are zero there.
inline void store_code(std::byte* node, unsigned rank, std::uint32_t code, unsigned code_bits) {
  const unsigned bit = rank * code_bits;
  std::byte* to = node + sizeof(NodeHeader) + bit / 8;
  if (code_bits < 8) {
    *to |= static_cast<std::byte>(code << bit % 8);
  } else {
    store_little_endian(to, code, code_bits / 8);
  }
}

// The find_range functions return the rank of the range that holds an address: the number of ends
// before it. `line` is the cache line in which the node lies, `offset` where in the line its ends
// start, `count` the number of its ranges, `key` the address's window.

// Windows of 2 bytes lie in the node with their first bit flipped: then the signed comparison, the
// only one that SSE2 has, orders them.
inline constexpr std::uint16_t kSignBit = 0x8000;

inline void store_end_16(std::byte* to, std::uint16_t window) {
  store_little_endian(to, static_cast<std::uint16_t>(window ^ kSignBit));
}

// On any machine.
inline unsigned find_range_16_portable(const std::byte* line, unsigned offset, unsigned count,
                                       std::uint16_t key) {
  unsigned rank = 0;
  for (unsigned i = 0; i + 1 < count; ++i) {
    const auto end = load_little_endian<std::uint16_t>(line + offset + std::size_t{2} * i);
    rank += (end ^ kSignBit) < key;
  }
  return rank;
}

#if defined(__SSE2__)
// Compares the whole line at once: no loop whose length the processor would have to guess. What
// lies before the ends is shifted out of the mask, and what lies behind them comes after the bit
// that stands for the last range.
inline unsigned find_range_16(const std::byte* line, unsigned offset, unsigned count,
                              std::uint16_t key) {
  const __m128i keys = _mm_set1_epi16(static_cast<short>(key ^ kSignBit));
  // Eight ends at a time: which are before the key?
  const auto compare = [&](unsigned eight) {
    return _mm_cmpgt_epi16(keys, _mm_load_si128(reinterpret_cast<const __m128i*>(line) + eight));
  };
  const int low = _mm_movemask_epi8(_mm_packs_epi16(compare(0), compare(1)));
  const int high = _mm_movemask_epi8(_mm_packs_epi16(compare(2), compare(3)));
  const std::uint32_t before = static_cast<unsigned>(low) | static_cast<unsigned>(high) << 16;
  const std::uint32_t last_range = std::uint32_t{1} << (count - 1);
  return static_cast<unsigned>(std::countr_zero(~before >> offset / 2 | last_range));
}
#else
inline unsigned find_range_16(const std::byte* line, unsigned offset, unsigned count,
                              std::uint16_t key) {
  return find_range_16_portable(line, offset, count, key);
}
#endif

// Windows of 3 to 8 bytes. Each end is loaded with the bytes before it (at least five precede the
// first: header and codes), which are then shifted out.
inline unsigned find_range_64(const std::byte* line, unsigned offset, unsigned count,
                              unsigned width, std::uint64_t key) {
  const std::byte* end = line + offset + width - 8;
  const unsigned shift = 64 - 8 * width;
  unsigned rank = 0;
  for (unsigned i = 1; i < count; ++i, end += width) {
    rank += load_little_endian<std::uint64_t>(end) >> shift < key;
  }
  return rank;
}

// Windows of 8 to 16 bytes, as their first and their last eight bytes, which may overlap.
inline unsigned find_range_128(const std::byte* line, unsigned offset, unsigned count,
                               unsigned width, std::uint64_t high_key, std::uint64_t low_key) {
  const std::byte* end = line + offset;
  unsigned rank = 0;
  for (unsigned i = 1; i < count; ++i, end += width) {
    const auto high = load_little_endian<std::uint64_t>(end + width - 8);
    const auto low = load_little_endian<std::uint64_t>(end);
    rank += (high < high_key) | ((high == high_key) & (low < low_key));
  }
  return rank;
}

}  // namespace portcullis
