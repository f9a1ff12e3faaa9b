#pragma once

#include <string>
#include <string_view>

#include "config/entry_text.h"

namespace portcullis {

// For formats that know addresses and CIDR networks and nothing else.

// What to write instead of a range or a network with a dotted mask: "write 192.0.2.0/30, ...".
// Empty for a host name.
std::string networks_repair(const EntryText& entry);

// "[2001:db8::]/32" and "[2001:db8::/32]" without the brackets; any other text as it is.
std::string without_brackets(std::string_view text);

}  // namespace portcullis
