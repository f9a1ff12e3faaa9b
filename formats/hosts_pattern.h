#pragma once

#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

#include "formats/list_entry.h"

namespace portcullis {

// A client of hosts_access(5): "192.0.2.", "192.0.2.0/255.255.255.0", "[2001:db8::]/32",
// ".example.com" (the names below it), "mx.example.com".
struct HostsPattern {
  Listed listed;
  std::optional<Problem> warning;
};
tl::expected<HostsPattern, Problem> parse_hosts_pattern(std::string_view text);

}  // namespace portcullis
