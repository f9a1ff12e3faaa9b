#include "policy/ip_prefix.h"

#include <bit>

namespace portcullis {
namespace {

// Trailing zero bits of the `width` left-aligned bits.
unsigned trailing_zeros(AddressBits bits, unsigned width) {
  const AddressBits value = width == 128 ? bits : bits >> (128 - width);
  const auto low = static_cast<std::uint64_t>(value);
  if (low != 0) return static_cast<unsigned>(std::countr_zero(low));
  const auto high = static_cast<std::uint64_t>(value >> 64);
  if (high != 0) return 64 + static_cast<unsigned>(std::countr_zero(high));
  return width;
}

}  // namespace

IpAddress IpPrefix::last() const {
  const AddressBits host_bits = ~prefix_mask(length_) & prefix_mask(address_width(family_));
  return IpAddress::from_bits(bits() | host_bits, family_);
}

bool IpPrefix::contains(IpAddress address) const {
  return address.family() == family_ && (address.bits() & prefix_mask(length_)) == bits();
}

bool IpPrefix::covers(const IpPrefix& other) const {
  return length_ <= other.length_ && contains(other.first());
}

std::string IpPrefix::to_string() const {
  std::string text = first().to_string();
  if (!is_host()) text += '/' + std::to_string(length_);
  return text;
}

std::vector<IpPrefix> cover_range(IpAddress first, IpAddress last) {
  std::vector<IpPrefix> cover;
  const unsigned width = first.width();
  while (true) {
    // The widest aligned block that starts here and does not reach beyond the end.
    unsigned length = width - trailing_zeros(first.bits(), width);
    while (IpPrefix(first, length).last() > last) ++length;
    cover.emplace_back(first, length);
    const IpAddress end = cover.back().last();
    if (end == last) return cover;
    const AddressBits one = static_cast<AddressBits>(1) << (128 - width);
    first = IpAddress::from_bits(end.bits() + one, first.family());
  }
}

}  // namespace portcullis
