#pragma once

#include <compare>
#include <string>
#include <vector>

#include "policy/ip_address.h"

namespace portcullis {

// The first `length` bits of a left-aligned address set, the others clear. O(1). Where only one
// family is meant, Bits may be as wide as its addresses: std::uint32_t for IPv4.
template <typename Bits = AddressBits>
constexpr Bits prefix_mask(unsigned length) {
  constexpr unsigned kWidth = 8 * sizeof(Bits);
  return length == 0 ? Bits{0} : static_cast<Bits>(~Bits{0} << (kWidth - length));
}

// IpPrefix is a CIDR network (RFC 4632): an address whose bits beyond `length` are zero. A host is
// a prefix of full length. A small value type; every operation but to_string() is O(1).
class IpPrefix {
 public:
  // 0.0.0.0/0.
  constexpr IpPrefix() = default;

  // The network of `length` bits that holds `address`; host bits are cleared.
  // Precondition: length <= address.width().
  constexpr IpPrefix(IpAddress address, unsigned length)
      : IpPrefix(address.bits() & prefix_mask(length), address.family(), length) {}

  // The one host.
  static IpPrefix host(IpAddress address) { return {address, address.width()}; }

  AddressFamily family() const { return family_; }
  unsigned length() const { return length_; }
  AddressBits bits() const { return static_cast<AddressBits>(high_) << 64 | low_; }
  // The first of bits(): all of an IPv4 address are in std::uint32_t.
  template <typename Bits>
  Bits leading_bits() const {
    return static_cast<Bits>(bits() >> (8 * (sizeof(AddressBits) - sizeof(Bits))));
  }
  IpAddress first() const { return IpAddress::from_bits(bits(), family_); }
  IpAddress last() const;
  bool is_host() const { return length_ == address_width(family_); }

  bool contains(IpAddress address) const;
  bool covers(const IpPrefix& other) const;

  // "192.0.2.0/24"; a host without its length: "192.0.2.1", "2001:db8::1".
  std::string to_string() const;

  friend bool operator==(const IpPrefix&, const IpPrefix&) = default;
  // By first address, a wider prefix before the narrower ones that it covers.
  friend std::strong_ordering operator<=>(const IpPrefix& a, const IpPrefix& b) {
    if (auto order = a.first() <=> b.first(); std::is_neq(order)) return order;
    return a.length_ <=> b.length_;
  }

 private:
  constexpr IpPrefix(AddressBits bits, AddressFamily family, unsigned length)
      : high_(static_cast<std::uint64_t>(bits >> 64)),
        low_(static_cast<std::uint64_t>(bits)),
        family_(family),
        length_(static_cast<std::uint8_t>(length)) {}

  // The first address, spread out so that the length fits into what would be padding: 24 bytes, of
  // which the last ones are free for whoever holds a prefix as [[no_unique_address]].
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
  AddressFamily family_ = AddressFamily::ipv4;
  std::uint8_t length_ = 0;
};

// The addresses from `first` to `last`, both included, of one family.
struct AddressRange {
  IpAddress first;
  IpAddress last;

  friend bool operator==(const AddressRange&, const AddressRange&) = default;
};

// The fewest prefixes that hold exactly the addresses from `first` to `last`, in order: at most
// 62 for IPv4 and 254 for IPv6. Precondition: same family, first <= last.
std::vector<IpPrefix> cover_range(IpAddress first, IpAddress last);

}  // namespace portcullis
