#include "formats/sendmail_access_key.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "config/entry_text.h"

#include "formats/letters.h"
#include "formats/sendmail_address.h"

namespace portcullis {
namespace {

using Result = tl::expected<AccessClient, Problem>;

Result refuse(std::string reason, std::string repair = {}) {
  return tl::unexpected(Problem{std::move(reason), std::move(repair)});
}

bool is_tag_character(char c) {
  const char lower = lower_letter(c);
  return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '-' || c == '_';
}

// "[192.0.2.1]" is the name of a client that has none, not its address.
Result refuse_bracketed(std::string_view name) {
  const std::size_t close = name.find(']');
  const std::string_view inside =
      name.substr(1, close == std::string_view::npos ? close : close - 1);
  const bool address = is_sendmail_address(inside) && parse_sendmail_address(inside);
  return refuse(
      "is the name of a client without a host name, not its address",
      address ? fmt::format("write Connect:{} for the address, whatever its name", inside) : "");
}

// "10.1.0.0/16", which Sendmail never looks for.
Result refuse_network(std::string_view name) {
  const auto entry = parse_entry(name);
  std::string repair;
  if (entry && std::holds_alternative<IpPrefix>(entry->names)) {
    const auto& network = std::get<IpPrefix>(entry->names);
    const std::uint32_t count = sendmail_key_count(network);
    const std::string first = sendmail_key(sendmail_part(network, 0), false);
    repair = count == 1 ? fmt::format("write Connect:{}", first)
                        : fmt::format("write {} keys, Connect:{} to Connect:{}", count, first,
                                      sendmail_key(sendmail_part(network, count - 1), false));
  }
  return refuse("has a prefix length or mask: Sendmail never looks for it", std::move(repair));
}

// An IPv6 address or the start of one, without "IPv6:" before it.
Result refuse_bare_ipv6(std::string_view name) {
  const std::string key = fmt::format("IPv6:{}", name);
  return refuse("has no IPv6: before its address: Sendmail never looks for it",
                parse_sendmail_address(key) ? fmt::format("write Connect:{}", key) : "");
}

Result parse_domain(std::string_view name) {
  const auto entry = parse_entry(name);
  if (!entry) {
    const std::string_view repair = entry.error().repair;
    return refuse(entry.error().reason, repair.starts_with("write .")
                                            ? fmt::format("write Connect:{}", repair.substr(7))
                                            : std::string(repair));
  }
  if (!std::holds_alternative<HostName>(entry->names)) {
    return refuse("is no key of an access map: Sendmail never looks for it",
                  "write the start of an address, in whole octets, or a host name");
  }
  const bool dotted = name.starts_with('.');
  const std::string domain = (dotted ? "" : ".") + lower_case(name);
  AccessClient client{ListedName{domain}, {}, {}};
  if (dotted) {
    client.warning = Problem{
        fmt::format("holds the names below {0} for a Sendmail with FEATURE(`access_db', , "
                    "`lookupdotdomain'), and nothing for others: read as {0} and all below it",
                    domain.substr(1)),
        fmt::format("write Connect:{}", domain.substr(1))};
  }
  return client;
}

}  // namespace

AccessKey split_access_key(std::string_view written) {
  const auto end = std::ranges::find_if_not(written, is_tag_character);
  const auto length = static_cast<std::size_t>(end - written.begin());
  const std::string_view tag = written.substr(0, length);
  if (length == 0 || length == written.size() || *end != ':' || same_word(tag, "IPv6")) {
    return {AccessTag::none, written, written};
  }
  const std::string_view name = written.substr(length + 1);
  if (same_word(tag, "Connect")) return {AccessTag::connect, name, written};
  if (same_word(tag, "ClientConn")) return {AccessTag::connections, name, written};
  if (same_word(tag, "ClientRate")) return {AccessTag::rate, name, written};
  return {AccessTag::other, name, written};
}

Result parse_access_client(std::string_view name) {
  if (name.empty()) {
    return refuse("names nobody: Sendmail never looks for it",
                  "set default = accept or default = deny of the listener");
  }
  if (name.starts_with('[')) return refuse_bracketed(name);
  if (name.find('/') != std::string_view::npos) return refuse_network(name);
  if (!is_sendmail_address(name)) {
    return name.find(':') == std::string_view::npos ? parse_domain(name) : refuse_bare_ipv6(name);
  }
  auto address = parse_sendmail_address(name);
  if (!address) return tl::unexpected(std::move(address.error()));
  return AccessClient{address->network, std::move(address->warning), std::move(address->note)};
}

}  // namespace portcullis
