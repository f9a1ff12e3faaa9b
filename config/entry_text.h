#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "policy/ip_prefix.h"

namespace portcullis {

// "mx.example.com" is that name alone; ".example.com" is the domain and all below it.
struct HostName {
  std::string_view text;  // points into the text that was parsed

  friend bool operator==(const HostName&, const HostName&) = default;
};

struct EntryText {
  std::variant<IpPrefix, AddressRange, HostName> names;
  std::optional<Problem> warning;  // the entry holds, but was hardly meant as it is written
};

// One entry of a list: an address, a CIDR network, address:mask, address/mask, a range a-b, or a
// host name. Strict: what two programs could read differently is refused, with the repair.
// `text` has no blanks around it. Does not allocate for an entry that needs no diagnostic.
tl::expected<EntryText, Problem> parse_entry(std::string_view text);

}  // namespace portcullis
