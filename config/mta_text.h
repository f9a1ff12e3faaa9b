#pragma once

#include <string>
#include <string_view>

#include "config/mta_settings.h"
#include "config/value_text.h"

namespace portcullis {

// Values that go into the MTA's configuration, from their text. Strict: what they let through holds
// no byte beyond printable ASCII, and names hold only what names may.

// "10M": bytes; K, M and G are powers of 1024.
Parsed<std::uint32_t> parse_size(std::string_view text, const Option& option);
// Words of printable ASCII, at most 400 characters.
Parsed<std::string> parse_phrase(std::string_view text, const Option& option);
// A name of DNS, in lower case: "mx.example.com".
Parsed<std::string> parse_dns_name(std::string_view text, const Option& option);

// One item of a list each.
tl::expected<std::string, Problem> parse_dns_name_or_address(std::string_view text);
tl::expected<std::string, Problem> parse_domain(std::string_view text);
// "mx.example.com", "mx.example.com:2525", "192.0.2.1:25", "[2001:db8::1]:25", "2001:db8::1".
tl::expected<MailHost, Problem> parse_mail_host(std::string_view text);
// An address or a network without host bits.
tl::expected<IpPrefix, Problem> parse_relay_network(std::string_view text);

}  // namespace portcullis
