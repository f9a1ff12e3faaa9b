#pragma once

#include <cstdint>

#include "policy/ip_prefix.h"

namespace portcullis {

// What PrefixTable stores with a prefix, and what it answers: a number of the caller's.
using Outcome = std::uint32_t;
// The answer for an address that no prefix covers; not a value to store.
inline constexpr Outcome kNoOutcome = 0xffff'ffff;

struct PrefixOutcome {
  [[no_unique_address]] IpPrefix prefix;  // 24 bytes together: a table is built from many
  Outcome outcome = kNoOutcome;
};

}  // namespace portcullis
