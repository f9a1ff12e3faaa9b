#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/ip_address.h"
#include "policy/ip_prefix.h"

namespace portcullis {

// How Postfix writes things (postconf(5), master(5)). Pure.

// Text that means itself in a value of main.cf or master.cf: "$" starts a parameter there.
std::string literal(std::string_view text);

// Whether the text can be one item of a list, and an -o of master.cf without braces: printable
// ASCII without blank, comma, brace or quote.
bool is_plain_item(std::string_view text);

// "192.0.2.1", "[2001:db8::1]".
std::string bracketed(IpAddress address);
// As mynetworks has it: "192.0.2.0/24", "[2001:db8::]/32".
std::string network_pattern(const IpPrefix& network);

// The items of a list: commas and blanks part them, except within braces.
std::vector<std::string> split_items(std::string_view list);
std::string join_items(const std::vector<std::string>& items, std::string_view separator);
// Without any blank, as `postconf -P` wants a value: those of a list become commas.
std::string without_blanks(std::string_view list);
// Whether two items of lists say the same.
bool is_same_item(std::string_view item, std::string_view element);

// smtpd(8) only logs what the restriction behind it would refuse.
inline constexpr std::string_view kWarnIfReject = "warn_if_reject";
// The items but those that `goes` takes, and a warn_if_reject that stood before one of them: it
// would hold for the next one.
std::vector<std::string> without_items(const std::vector<std::string>& items,
                                       const std::function<bool(const std::string&)>& goes);

// What a program reads of a map or of a file of SASL.
std::string without_comments(const std::string& text);

}  // namespace portcullis
