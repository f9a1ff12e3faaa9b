#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace portcullis {

// The bits of an address, left-aligned: bit 127 is the first bit of the address, so that prefixes
// of both families are compared and masked alike. An IPv4 address fills the top 32 bits.
__extension__ typedef unsigned __int128 AddressBits;

enum class AddressFamily : std::uint8_t { ipv4, ipv6 };

// Number of bits in an address of the family: 32 or 128.
constexpr unsigned address_width(AddressFamily family) {
  return family == AddressFamily::ipv4 ? 32 : 128;
}

// Why a text is not an address. Each has its own words in describe().
enum class AddressError : std::uint8_t {
  empty,
  bad_character,
  leading_zero,        // 010.0.0.1: octal to some programs, decimal to others (CVE-2021-29921)
  octet_out_of_range,  // 256.0.0.1
  not_four_octets,     // 192.168.1
  zone_id,             // fe80::1%eth0
  bad_ipv6,            // groups or "::" not as RFC 4291 section 2.2 has them
};

// A clause that completes `"text" ...`, e.g. "has an octet with a leading zero".
std::string_view describe(AddressError error);

// IpAddress is one IPv4 or IPv6 address. A small value type; every operation is O(1), none
// allocates but to_string(). IPv4-mapped IPv6 (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2) is folded
// to IPv4 wherever an IpAddress is made; 6to4, NAT64 and Teredo stay IPv6.
class IpAddress {
 public:
  // 0.0.0.0.
  constexpr IpAddress() = default;

  // `value` in host byte order: 0x7f000001 is 127.0.0.1.
  static constexpr IpAddress from_ipv4(std::uint32_t value) {
    return {static_cast<AddressBits>(value) << 96, AddressFamily::ipv4};
  }

  // Sixteen bytes in network order, folded to IPv4 if they are IPv4-mapped.
  static IpAddress from_ipv6(const std::array<std::uint8_t, 16>& bytes);

  // The address with these left-aligned bits. Bits beyond the family's width must be zero.
  static constexpr IpAddress from_bits(AddressBits bits, AddressFamily family) {
    return {bits, family};
  }

  // Strict text: four decimal octets without leading zeros, or RFC 4291 section 2.2. No brackets,
  // no zone id, no port, no white space. Accepts exactly what inet_pton(3) accepts.
  static tl::expected<IpAddress, AddressError> parse(std::string_view text);

  constexpr AddressFamily family() const { return family_; }
  bool is_ipv4() const { return family_ == AddressFamily::ipv4; }
  unsigned width() const { return address_width(family_); }
  constexpr AddressBits bits() const { return static_cast<AddressBits>(high_) << 64 | low_; }
  std::uint64_t high_bits() const { return high_; }  // the first 64 of bits()
  std::uint32_t ipv4_value() const { return static_cast<std::uint32_t>(high_ >> 32); }

  // Dotted decimal, or the canonical text of RFC 5952.
  std::string to_string() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
  // IPv4 sorts before IPv6, then by value.
  friend std::strong_ordering operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  constexpr IpAddress(AddressBits bits, AddressFamily family)
      : family_(family),
        high_(static_cast<std::uint64_t>(bits >> 64)),
        low_(static_cast<std::uint64_t>(bits)) {}

  // In the order in which addresses compare. Two words, not one AddressBits, whose alignment would
  // cost eight bytes in every copy.
  AddressFamily family_ = AddressFamily::ipv4;
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

// An address as it was written. Only a list entry needs to know that the text was IPv4-mapped: a
// prefix length that stands behind it then counts from the 96 mapped bits.
struct WrittenAddress {
  IpAddress address;
  bool mapped = false;
};
tl::expected<WrittenAddress, AddressError> parse_written_address(std::string_view text);

}  // namespace portcullis
