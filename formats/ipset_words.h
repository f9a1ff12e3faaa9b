#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "policy/ip_address.h"

namespace portcullis {

// The words of a line as ipset restore splits it: at blanks that are not between quotation marks,
// which are dropped. A mark without its fellow is a problem.
tl::expected<std::vector<std::string>, Problem> split_ipset_words(std::string_view line);

// "create NAME TYPE [family F] [timeout N] [netmask N] ...". What the kernel keeps for itself
// (hashsize, maxelem, counters, ...) is passed over.
struct IpsetCreate {
  std::string type;
  AddressFamily family = AddressFamily::ipv4;
  std::optional<std::uint64_t> timeout;  // of elements that have none of their own
  std::optional<unsigned> netmask;       // an element is the network of this length around it
};
tl::expected<IpsetCreate, Problem> parse_ipset_create(const std::vector<std::string>& words);

// "add NAME ELEMENT [timeout N] [comment "..."] [nomatch] ...".
struct IpsetAdd {
  std::optional<std::uint64_t> timeout;
  std::string comment;
  bool nomatch = false;
};
tl::expected<IpsetAdd, Problem> parse_ipset_add(const std::vector<std::string>& words);

}  // namespace portcullis
