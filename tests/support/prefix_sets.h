#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "policy/prefix_outcome.h"

namespace portcullis::testing {

using Random = std::mt19937_64;
using PrefixSet = std::vector<PrefixOutcome>;

inline std::size_t below(std::size_t limit, Random& random) {
  return static_cast<std::size_t>(random() % limit);
}

inline AddressFamily random_family(Random& random) {
  return random() % 2 == 0 ? AddressFamily::ipv4 : AddressFamily::ipv6;
}

inline IpAddress random_address(AddressFamily family, Random& random) {
  const AddressBits bits = static_cast<AddressBits>(random()) << 64 | random();
  return IpAddress::from_bits(bits & prefix_mask(address_width(family)), family);
}

// An address that shares at least its first `length` bits with `near`.
inline IpAddress random_address_near(IpAddress near, unsigned length, Random& random) {
  const AddressBits other = random_address(near.family(), random).bits();
  const AddressBits mask = prefix_mask(length);
  return IpAddress::from_bits((near.bits() & mask) | (other & ~mask), near.family());
}

// The address `steps` beyond `address`, which may be negative; wraps within the family.
inline IpAddress step(IpAddress address, int steps) {
  const AddressBits one = static_cast<AddressBits>(1) << (128 - address.width());
  const AddressBits moved = address.bits() + static_cast<AddressBits>(steps) * one;
  return IpAddress::from_bits(moved, address.family());
}

// `count` different outcomes; far apart if they are meant to need a dictionary.
inline Outcome random_outcome(std::size_t count, bool far_apart, Random& random) {
  const auto index = static_cast<Outcome>(below(count, random));
  return far_apart ? index * 2'654'435'761U % kNoOutcome : index;
}

}  // namespace portcullis::testing
