#pragma once

#include <string>
#include <vector>

#include "policy/ip_prefix.h"

namespace portcullis::sendmail {

// What a class of sendmail.cf names a network by: the leading parts of its addresses as Sendmail
// writes them, "192.0.2", "IPv6:2001:db8:0:1", each standing for all that start so. A network that
// does not end where a part does takes several; nothing if it takes more than kMaxTokens.
inline constexpr std::size_t kMaxTokens = 4096;
std::vector<std::string> network_tokens(const IpPrefix& network);

}  // namespace portcullis::sendmail
