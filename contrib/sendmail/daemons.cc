// DAEMON_OPTIONS: one daemon for each address and port of a listener.

#include <algorithm>

#include <fmt/format.h>

#include "contrib/sendmail/draft.h"
#include "contrib/sendmail/m4_text.h"

namespace portcullis::sendmail {
namespace {

constexpr std::uint16_t kSubmissionPort = 587;  // of the daemon that Sendmail adds by itself

struct Binding {
  std::string family;
  std::string address;
};

// A daemon on :: serves IPv4 too; one on 0.0.0.0 beside it could not start.
// Sendmail that cannot have one of its addresses serves none of them.
std::vector<Binding> bindings(const ListenAddresses& addresses, const SendmailTarget& target) {
  std::vector<Binding> all;
  switch (addresses.kind) {
    case ListenAddresses::Kind::all:
      return {{"inet6", "::"}};
    case ListenAddresses::Kind::loopback:
      all.push_back({"inet", "127.0.0.1"});
      if (target.ipv6_loopback) all.push_back({"inet6", "::1"});
      return all;
    case ListenAddresses::Kind::chosen:
      break;
  }
  for (const IpAddress& address : addresses.chosen) {
    all.push_back({address.is_ipv4() ? "inet" : "inet6", address.to_string()});
  }
  return all;
}

// A little above the milter's own limit, so that the milter answers the one too many.
std::string children(const ListenerDelivery& delivery) {
  if (!delivery.place.has("max_connections")) return {};
  const auto limit = delivery.listener.max_connections;
  if (!limit) return ", children=0";
  return fmt::format(", children={}", std::uint64_t{*limit} + std::max(10U, *limit / 10));
}

// a: AUTH demanded, A: not offered; E: no ETRN; S: no STARTTLS; s: TLS from the first byte.
std::string modifiers(const Draft& draft, const ListenerDelivery& delivery, bool implicit_tls) {
  std::string flags;
  if (delivery.listener.role == ListenerRole::submission) {
    flags += "Ea";
  } else if (draft.settings.authentication) {
    flags += "A";
  }
  if (implicit_tls) {
    flags += "s";
  } else if (delivery.tls && delivery.tls->value == ListenerTls::off) {
    flags += "S";
  }
  return flags.empty() ? flags : ", M=" + flags;
}

std::string daemons_on(const Draft& draft, const ListenerDelivery& delivery, std::uint16_t port,
                       bool implicit_tls) {
  std::string text;
  for (const Binding& binding : bindings(delivery.listener.addresses, draft.target)) {
    if (!text.empty()) text += '\n';
    text += fmt::format(
        "DAEMON_OPTIONS({})dnl",
        m4_value(fmt::format("Name={}, Family={}, Addr={}, Port={}{}{}",
                             delivery.listener.daemon_name, binding.family, binding.address, port,
                             modifiers(draft, delivery, implicit_tls), children(delivery))));
  }
  return text;
}

void draft_listener(Draft& draft, const ListenerDelivery& delivery) {
  const Listener& listener = delivery.listener;
  if (!is_plain(listener.daemon_name) ||
      listener.daemon_name.find_first_of("/+@:%=~[]") != std::string::npos) {
    draft.error(delivery.place.line_of("daemon_name"), listener.daemon_name,
                "cannot be the name of a daemon of Sendmail",
                "use letters, digits, dots, '_' and '-'", "unusable-name");
    return;
  }
  const std::string key = "listener " + listener.name;
  draft.add(key, daemons_on(draft, delivery, listener.port, false), delivery.place.line_of("port"));
  if (!listener.implicit_tls_port) return;
  draft.add(key + " (TLS)", daemons_on(draft, delivery, *listener.implicit_tls_port, true),
            delivery.place.line_of("implicit_tls_port"));
}

bool some_listener_has(const Draft& draft, std::uint16_t port) {
  return std::ranges::any_of(draft.settings.listeners, [&](const ListenerDelivery& delivery) {
    return delivery.listener.port == port || delivery.listener.implicit_tls_port == port;
  });
}

// Sendmail adds a daemon on port 587 by itself, and a port cannot be bound twice.
void leave_out_default(Draft& draft) {
  if (some_listener_has(draft, kSubmissionPort)) {
    draft.add("no_default_msa", "define(`_NO_MSA_', `1')dnl", 0);
  }
}

void draft_limits(Draft& draft) {
  std::uint32_t line = 0;
  for (const ListenerDelivery& delivery : draft.settings.listeners) {
    if (delivery.client_limit_line != 0) {
      // The milter counts; FEATURE(conncontrol) would answer before it.
      draft.add("conncontrol", "undefine(`_CONN_CONTROL_')dnl", delivery.client_limit_line);
      break;
    }
  }
  for (const ListenerDelivery& delivery : draft.settings.listeners) {
    if (line == 0 && delivery.place.has("max_connections")) {
      line = delivery.place.line_of("max_connections");
    }
  }
  // It counts the connections of all daemons together, and closes the port.
  if (line != 0) draft.define("confMAX_DAEMON_CHILDREN", "0", line);
}

}  // namespace

void draft_daemons(Draft& draft) {
  leave_out_default(draft);
  for (const ListenerDelivery& delivery : draft.settings.listeners) draft_listener(draft, delivery);
  draft_limits(draft);
}

}  // namespace portcullis::sendmail
