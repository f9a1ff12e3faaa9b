#pragma once

#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "policy/ip_prefix.h"

namespace portcullis {

// A pattern of cidr_table(5).
struct CidrPattern {
  IpPrefix network;                // a length of 0 is everyone of the family
  std::optional<Problem> warning;  // Postfix does not take it as it was meant
};

// "192.0.2.0/24", "192.0.2.1", "[2001:db8::]/32", "[2001:db8::/32]". Where Postfix skips the line,
// or never matches it, the warning or the refusal says so.
tl::expected<CidrPattern, Problem> parse_cidr_pattern(std::string_view text);

}  // namespace portcullis
