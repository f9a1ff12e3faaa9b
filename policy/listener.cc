#include "policy/listener.h"

#include <algorithm>
#include <charconv>
#include <functional>

namespace portcullis {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return port;
}

// Sendmail puts "IPv6:" before an IPv6 address and gives the configured address, which may be the
// unspecified one; Postfix gives the address that was connected to.
std::optional<IpAddress> parse_daemon_address(std::string_view text) {
  if (text.starts_with("IPv6:")) text.remove_prefix(5);
  const auto address = IpAddress::parse(text);
  if (!address || address->bits() == 0) return std::nullopt;
  return *address;
}

bool is_loopback(IpAddress address) {
  return address.is_ipv4() ? address.ipv4_value() >> 24 == 127 : address.bits() == 1;
}

bool listens_on(const Listener& listener, std::optional<std::uint16_t> port,
                std::optional<IpAddress> address) {
  if (!port || (*port != listener.port && port != listener.implicit_tls_port)) return false;
  return !address || listener.addresses.includes(*address);
}

template <typename Predicate>
std::optional<ListenerIndex> find(const std::vector<Listener>& listeners, Predicate&& predicate) {
  const auto found = std::ranges::find_if(listeners, predicate);
  if (found == listeners.end()) return std::nullopt;
  return static_cast<ListenerIndex>(found - listeners.begin());
}

}  // namespace

std::string_view to_string(ListenerRole role) {
  switch (role) {
    case ListenerRole::inbound:
      return "inbound";
    case ListenerRole::outbound:
      return "outbound";
    case ListenerRole::submission:
      return "submission";
  }
  return "?";
}

bool ListenAddresses::includes(IpAddress address) const {
  switch (kind) {
    case Kind::all:
      return true;
    case Kind::loopback:
      return is_loopback(address);
    case Kind::chosen:
      return std::ranges::find(chosen, address) != chosen.end();
  }
  return false;
}

ListenerMatch find_listener(const std::vector<Listener>& listeners, const DaemonMacros& macros) {
  const auto named = [&](const Listener& l) {
    return !macros.name.empty() && l.daemon_name == macros.name;
  };
  if (const auto found = find(listeners, named)) return {*found, false};

  const auto port = parse_port(macros.port);
  const auto address = parse_daemon_address(macros.address);
  // A listener that names the address goes before one that takes every address.
  const auto chosen = [&](const Listener& l) {
    return l.addresses.kind != ListenAddresses::Kind::all && address &&
           listens_on(l, port, address);
  };
  if (const auto found = find(listeners, chosen)) return {*found, false};
  const auto any = [&](const Listener& l) { return listens_on(l, port, address); };
  if (const auto found = find(listeners, any)) return {*found, false};

  const auto inbound = [](const Listener& l) { return l.role == ListenerRole::inbound; };
  return {find(listeners, inbound).value_or(ListenerIndex{}), true};
}

}  // namespace portcullis
