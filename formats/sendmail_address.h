#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "policy/ip_prefix.h"

namespace portcullis {

// Addresses in the keys of a Sendmail access map. Sendmail looks for the whole address of a client,
// then takes one octet (IPv4) or one group of 16 bits (IPv6) off its end and looks again (ruleset A
// of cf/m4/proto.m4). So a key holds a network of whole octets or groups. It writes IPv6 in full,
// without leading zeros, unless it is built with confUSE_COMPRESSED_IPV6_ADDRESSES.

// A key without its tag.
struct SendmailAddress {
  IpPrefix network;
  std::optional<Problem> warning;  // Sendmail does not take it as it was meant
  std::optional<Problem> note;
};

// True if the key is meant as an address: octets, or the prefix "IPv6:". Else it is a name.
bool is_sendmail_address(std::string_view key);
tl::expected<SendmailAddress, Problem> parse_sendmail_address(std::string_view key);

// The number of keys for a network: 1 if it ends with an octet or group.
std::uint32_t sendmail_key_count(const IpPrefix& network);
// The key of a network that ends with an octet or group: "10.1", "IPv6:2001:db8".
std::string sendmail_key(const IpPrefix& network, bool compressed);
// The networks of sendmail_key_count() keys, in ascending order: the `number`th of them.
IpPrefix sendmail_part(const IpPrefix& network, std::uint32_t number);
// With compressed addresses: false if "::" can stand for groups of the network itself, so that
// Sendmail never looks for its key.
bool is_found_when_compressed(const IpPrefix& network);

}  // namespace portcullis
