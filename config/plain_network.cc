#include "config/plain_network.h"

#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace portcullis {
namespace {

constexpr AddressBits kMappedNetwork = static_cast<AddressBits>(0xffff) << 32;  // ::ffff:0:0/96
constexpr unsigned kMappedLength = 96;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// A decimal number without a leading zero, at most `maximum`.
const char* scan_number(const char* p, const char* end, std::uint32_t maximum,
                        std::uint32_t& value) {
  if (p == end || !is_digit(*p)) return nullptr;
  value = static_cast<std::uint32_t>(*p++ - '0');
  if (value == 0) return p != end && is_digit(*p) ? nullptr : p;
  while (p != end && is_digit(*p)) {
    value = value * 10 + static_cast<std::uint32_t>(*p++ - '0');
    if (value > maximum) return nullptr;
  }
  return p;
}

// Four octets. IPv6 fails here at the latest behind its first group.
const char* scan_ipv4(const char* p, const char* end, IpAddress& address) {
  std::uint32_t bits = 0;
  for (int octet = 0; octet < 4; ++octet) {
    std::uint32_t value = 0;
    if (octet > 0 && (p == end || *p++ != '.')) return nullptr;
    p = scan_number(p, end, 255, value);
    if (p == nullptr) return nullptr;
    bits = bits << 8 | value;
  }
  address = IpAddress::from_ipv4(bits);
  return p;
}

#if defined(__SSE2__)
constexpr std::ptrdiff_t kAhead = 20;

// The octet of `length` digits at `p`; anything above 255 if there is none. May read four bytes.
inline std::uint32_t octet_at(const char* p, unsigned length) {
  std::uint32_t digits = 0;
  std::memcpy(&digits, p, sizeof digits);
  digits = (digits - 0x3030'3030) << ((32 - 8 * length) & 31);  // the last digit is the top byte
  const std::uint32_t value =
      (digits >> 24) + 10 * (digits >> 16 & 0xff) + 100 * (digits >> 8 & 0xff);
  const bool bad = (length - 1 > 2) | ((length > 1) & (*p == '0'));
  return value | (bad ? 0x100U : 0U);
}

// As scan_ipv4(), if at least kAhead bytes can be read. The lengths of the octets are as good as
// random: what branches on each digit waits longer for the processor's wrong guesses than for all
// else. Here the dots of all octets are found at once. Nothing is returned for what is longer than
// an address can be, too.
const char* scan_ipv4_ahead(const char* p, IpAddress& address) {
  const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i values = _mm_sub_epi8(text, _mm_set1_epi8('0'));
  const __m128i are_digits = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
  const __m128i are_dots = _mm_cmpeq_epi8(text, _mm_set1_epi8('.'));
  const auto known = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(are_digits, are_dots)));
  const auto length = static_cast<unsigned>(std::countr_one(known));
  const auto dots = static_cast<unsigned>(_mm_movemask_epi8(are_dots)) & ((1U << length) - 1);
  const unsigned from_second = dots & (dots - 1);
  const unsigned third = from_second & (from_second - 1);
  if (length > 15 || !std::has_single_bit(third)) return nullptr;
  const auto first_dot = static_cast<unsigned>(std::countr_zero(dots));
  const auto second_dot = static_cast<unsigned>(std::countr_zero(from_second));
  const auto third_dot = static_cast<unsigned>(std::countr_zero(third));
  const std::uint32_t octets[] = {octet_at(p, first_dot),
                                  octet_at(p + first_dot + 1, second_dot - first_dot - 1),
                                  octet_at(p + second_dot + 1, third_dot - second_dot - 1),
                                  octet_at(p + third_dot + 1, length - third_dot - 1)};
  if ((octets[0] | octets[1] | octets[2] | octets[3]) > 0xff) return nullptr;
  address = IpAddress::from_ipv4(octets[0] << 24 | octets[1] << 16 | octets[2] << 8 | octets[3]);
  return p + length;
}
#endif

const char* scan_any_ipv4(const char* p, const char* end, IpAddress& address) {
#if defined(__SSE2__)
  if (end - p >= kAhead) return scan_ipv4_ahead(p, address);
#endif
  return scan_ipv4(p, end, address);
}

// One to four hexadecimal digits.
const char* scan_group(const char* p, const char* end, std::uint32_t& group) {
  group = 0;
  const char* const start = p;
  for (int digit; p != end && p - start < 4 && (digit = hex_value(*p)) >= 0; ++p) {
    group = group << 4 | static_cast<std::uint32_t>(digit);
  }
  return p == start ? nullptr : p;
}

// The groups up to and behind "::", as they stand; `gap` is where "::" was, or -1.
struct Groups {
  AddressBits bits = 0;  // all groups without the gap, right-aligned
  int count = 0;
  int gap = -1;
};

const char* scan_groups(const char* p, const char* end, Groups& groups) {
  if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
    groups.gap = 0;
    p += 2;
  }
  while (true) {
    std::uint32_t group = 0;
    const char* const behind = scan_group(p, end, group);
    if (behind == nullptr) return groups.gap == groups.count ? p : nullptr;  // "1::" or ":"
    if (++groups.count > 8) return nullptr;
    groups.bits = groups.bits << 16 | group;
    p = behind;
    if (p == end || *p != ':') return p;
    ++p;
    if (p != end && *p == ':') {
      if (groups.gap >= 0) return nullptr;
      groups.gap = groups.count;
      ++p;
    }
  }
}

const char* scan_ipv6(const char* p, const char* end, IpAddress& address) {
  Groups groups;
  p = scan_groups(p, end, groups);
  if (p == nullptr) return nullptr;
  AddressBits bits = groups.bits;
  if (groups.gap < 0) {
    if (groups.count != 8) return nullptr;
  } else {
    if (groups.count > 7) return nullptr;
    const int behind = 16 * (groups.count - groups.gap);
    const AddressBits tail = bits & ~prefix_mask(static_cast<unsigned>(128 - behind));
    const AddressBits head = behind == 0 ? bits : bits >> behind;
    bits = tail;
    if (groups.gap > 0) bits |= head << (128 - 16 * groups.gap);
  }
  if (bits >> 32 == kMappedNetwork >> 32) return nullptr;
  address = IpAddress::from_bits(bits, AddressFamily::ipv6);
  return p;
}

bool holds_mapped_addresses(const IpPrefix& network) {
  return network.family() == AddressFamily::ipv6 && network.length() < kMappedLength &&
         network.bits() == (kMappedNetwork & prefix_mask(network.length()));
}

}  // namespace

const char* scan_plain_network(const char* begin, const char* end, IpPrefix& network) {
  IpAddress address;
  const char* p = scan_any_ipv4(begin, end, address);
  if (p == nullptr) p = scan_ipv6(begin, end, address);
  if (p == nullptr) return nullptr;
  std::uint32_t length = address.width();
  if (p != end && *p == '/') {
    p = scan_number(p + 1, end, address.width(), length);
    if (p == nullptr || length == 0) return nullptr;
  }
  network = IpPrefix(address, length);
  const bool host_bits = network.bits() != address.bits();
  return host_bits || holds_mapped_addresses(network) ? nullptr : p;
}

}  // namespace portcullis
