#pragma once

#include "policy/ip_prefix.h"

namespace portcullis {

// The fast path of lists: reads an address or a CIDR network without host bits from the start of
// [begin, end). Returns where it ends, or nullptr for everything else, which parse_entry() then
// judges: this function knows no mistake, only what has none. What is rare it leaves to
// parse_entry() too: IPv4 written within IPv6, and networks that hold it.
const char* scan_plain_network(const char* begin, const char* end, IpPrefix& network);

}  // namespace portcullis
