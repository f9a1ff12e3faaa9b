#include "config/entry_text.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "config/host_name_text.h"
#include "config/network_text.h"

namespace portcullis {
namespace {

using Result = tl::expected<EntryText, Problem>;

Result failure(std::string reason, std::string repair = {}) {
  return tl::unexpected(Problem{std::move(reason), std::move(repair)});
}

bool is_digit_or_dot(char c) {
  return (c >= '0' && c <= '9') || c == '.';
}

bool digits_and_dots(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit_or_dot);
}

constexpr std::string_view kSendmailPrefix = "IPv6:";

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

bool is_foreign(char c) {
  return is_control(c) || c == ',' || c == ';' || c == '#' || c == '[' || c == '@' || c == '*';
}

bool is_valid(std::string_view text) {
  return parse_entry(text).has_value();
}

// What people write around entries that other programs take. Each has one certain repair.
Result refuse_foreign(std::string_view text) {
  if (text.empty()) return failure("is empty where an entry was expected");
  if (std::ranges::any_of(text, is_control)) {
    return failure("holds a control character", "write plain text, with LF or CR LF at line ends");
  }

  if (text.find_first_of(",;") != std::string_view::npos) {
    return failure("holds more than one entry, or a comment that no blank sets apart",
                   "write one entry on a line, and a blank before a comment");
  }
  if (text.find('#') != std::string_view::npos) {
    return failure("has a comment that no blank sets apart", "put a blank before the #");
  }
  if (const std::size_t open = text.find('['); open != std::string_view::npos) {
    const std::size_t close = text.find(']', open);
    std::string inner(text.substr(open + 1, close - open - 1));
    if (close != std::string_view::npos && text.substr(close + 1).starts_with('/')) {
      inner += text.substr(close + 1);
    }
    return failure("has brackets", close != std::string_view::npos && is_valid(inner)
                                       ? fmt::format("write {}", inner)
                                       : std::string());
  }
  if (text.starts_with('!')) {
    return failure("is negated",
                   "put the exception into a class of its own: the longest prefix wins");
  }
  if (text.find('@') != std::string_view::npos) {
    return failure("is a mail address; clients are told by address or host name");
  }
  if (text.find('*') != std::string_view::npos) {
    const bool domain = text.starts_with("*.") && is_valid(text.substr(1));
    return failure("has a wildcard", domain ? fmt::format("write {}", text.substr(1))
                                            : "write .example.com for a domain and all below it");
  }
  return failure("has the prefix of a Sendmail map",
                 fmt::format("write {}", text.substr(kSendmailPrefix.size())));
}

bool looks_foreign(std::string_view text) {
  return text.empty() || text.starts_with('!') || text.starts_with(kSendmailPrefix) ||
         std::ranges::any_of(text, is_foreign);
}

Result parse_range(std::string_view left, std::string_view right) {
  if (right.find('/') != std::string_view::npos) {
    return failure("is a range with a prefix length", "write either a range or a network");
  }
  if (left.empty() || right.empty()) {
    return failure(left.empty() ? "is a range without a start" : "is a range without an end",
                   "write both addresses, without blanks around the hyphen");
  }
  const auto first = parse_address_text(left, fmt::format("-{}", right));

  if (!first) return tl::unexpected(first.error());
  const auto last = parse_address_text(right);
  if (!last) {
    // 10.1.1.10-20, as Cisco has it.
    const std::size_t dot = left.rfind('.');
    const std::string full = fmt::format("{}.{}", left.substr(0, dot), right);
    const bool octet = dot != std::string_view::npos && IpAddress::parse(full).has_value();
    return failure("is a range whose end is not an address",
                   octet ? fmt::format("write {}-{}", left, full) : "write both addresses in full");
  }
  if (first->address.family() != last->address.family()) {
    return failure("is a range from one address family to the other",
                   "write one range for IPv4 and one for IPv6");
  }
  if (last->address < first->address) {
    return failure("is a range that ends before it starts",
                   fmt::format("write {}-{}", right, left));
  }
  const IpPrefix everyone(first->address, 0);
  if (first->address == everyone.first() && last->address == everyone.last()) {
    return failure("is everyone: an entry that covers every address is no entry",
                   "set default = accept or default = deny of the listener");
  }
  return EntryText{AddressRange{first->address, last->address}, std::nullopt};
}

// A hyphen is part of a host name too: it makes a range only between what is meant as addresses.
bool is_range(std::string_view left, std::string_view right) {
  if (digits_and_dots(left) && digits_and_dots(right)) return true;
  return IpAddress::parse(left).has_value() ||
         IpAddress::parse(right.substr(0, right.find('/'))).has_value();
}

Result parse_with_colon(std::string_view text) {
  const std::size_t colon = text.find(':');
  const bool single = text.find(':', colon + 1) == std::string_view::npos;
  if (single && digits_and_dots(text.substr(0, colon))) return parse_colon_mask_network(text);
  if (single && parse_host_name(text.substr(0, colon)) && text.find('%') == text.npos) {
    return failure("has a port or a tag, or is no complete address",
                   fmt::format("write {} for a host name", text.substr(0, colon)));
  }
  const auto written = parse_address_text(text);
  if (!written) return tl::unexpected(written.error());
  return EntryText{IpPrefix::host(written->address), std::nullopt};
}

}  // namespace

tl::expected<EntryText, Problem> parse_entry(std::string_view text) {
  if (looks_foreign(text)) return refuse_foreign(text);
  if (const std::size_t hyphen = text.find('-'); hyphen != std::string_view::npos) {
    const std::string_view left = text.substr(0, hyphen);
    const std::string_view right = text.substr(hyphen + 1);
    if (is_range(left, right)) return parse_range(left, right);
  }
  if (text.find('/') != std::string_view::npos) return parse_slash_network(text);
  if (text.find(':') != std::string_view::npos) return parse_with_colon(text);
  if (digits_and_dots(text) && !text.starts_with('.') && !text.ends_with('.')) {
    const auto written = parse_address_text(text);
    if (!written) return tl::unexpected(written.error());
    return EntryText{IpPrefix::host(written->address), std::nullopt};
  }
  return parse_host_name(text);
}

}  // namespace portcullis
