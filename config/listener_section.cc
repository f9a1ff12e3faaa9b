#include "config/listener_section.h"

#include <algorithm>

#include <fmt/format.h>

#include "config/network_text.h"
#include "config/value_list.h"

namespace portcullis {
namespace {

ListenAddresses read_addresses(const Section& section) {
  const std::string whole = section.text("address");
  ListenAddresses addresses;
  if (whole == "all") return addresses;
  if (whole == "loopback") {
    addresses.kind = ListenAddresses::Kind::loopback;
    return addresses;
  }
  addresses.kind = ListenAddresses::Kind::chosen;
  for (const IniPiece& item : split_list(section.pieces("address"))) {
    const auto written = parse_address_text(item.text);
    if (written) {
      addresses.chosen.push_back(written->address);
    } else {
      section.error_at(item, written.error().reason,
                       written.error().repair.empty() ? "write all, loopback, or addresses"
                                                      : written.error().repair);
    }
  }
  std::ranges::sort(addresses.chosen);
  return addresses;
}

void check_alone(const Section& section, const Listener& listener) {
  if (listener.implicit_tls_port == listener.port) {
    section.error("implicit_tls_port",
                  fmt::format("is the port of {} without TLS", section.title()),
                  "write the other of the two ports, or a listener of its own");
  }
  if (section.has("reply") && listener.default_action == ListenerDefault::accept) {
    section.warning("reply", "is for those whom default = deny denies, and default is accept",
                    "remove it, or write default = deny; a class has a reply of its own");
  }
  if (listener.max_connections_per_client && listener.max_connections &&
      *listener.max_connections_per_client > *listener.max_connections) {
    section.warning("max_connections_per_client",
                    fmt::format("is more than max_connections = {}, so it never holds",
                                *listener.max_connections),
                    "write a smaller number");
  }
}

ReadListener read_listener(const Section& section) {
  Listener listener;
  listener.name = section.name();
  listener.daemon_name = section.value("daemon_name", parse_word).value_or(section.name());
  listener.role = section.choice<ListenerRole>("role").value_or(ListenerRole::inbound);
  listener.addresses = read_addresses(section);
  listener.port = static_cast<std::uint16_t>(section.value("port", parse_number).value_or(0));
  listener.implicit_tls_port =
      section.value("implicit_tls_port", parse_port_or_off).value_or(std::nullopt);
  listener.default_action =
      section.choice<ListenerDefault>("default").value_or(ListenerDefault::accept);
  listener.reply = section.value("reply", parse_reply);
  listener.answer_at = section.choice<AnswerAt>("answer_at");
  listener.mode = section.choice<Mode>("mode").value_or(Mode::enforce);
  listener.max_connections = section.value("max_connections", parse_limit).value_or(std::nullopt);
  listener.max_connections_per_client =
      section.value("max_connections_per_client", parse_limit).value_or(std::nullopt);
  listener.client_prefix_ipv4 = section.value("client_prefix_ipv4", parse_number).value_or(32);
  listener.client_prefix_ipv6 = section.value("client_prefix_ipv6", parse_number).value_or(64);
  check_alone(section, listener);
  return {&section, std::move(listener)};
}

bool same_service(const Listener& a, const Listener& b) {
  return a.port == b.port && a.addresses.kind == b.addresses.kind &&
         a.addresses.chosen == b.addresses.chosen;
}

void report_same_name(const ReadListener& later, const Section& earlier) {
  const Section& section = *later.section;
  section.error_at({later.listener.daemon_name, section.line_of("daemon_name")},
                   fmt::format("is the daemon_name of {} too, in line {}", earlier.title(),
                               earlier.line_of("daemon_name")),
                   "give each listener the name that the MTA has for it");
}

void report_same_service(const Section& later, const Section& earlier) {
  later.error_at(
      {later.title(), later.line()},
      fmt::format("has the address and port of {}, in line {}", earlier.title(), earlier.line()),
      "write daemon_name in both, as the MTA names its services");
}

}  // namespace

std::vector<ReadListener> read_listener_sections(const std::vector<Section>& sections) {
  std::vector<ReadListener> listeners;
  for (const Section& section : sections) {
    if (section.kind() == SectionKind::listener) listeners.push_back(read_listener(section));
  }
  return listeners;
}

void check_listeners_differ(const std::vector<ReadListener>& listeners) {
  for (auto later = listeners.begin(); later != listeners.end(); ++later) {
    const auto same_name = std::find_if(listeners.begin(), later, [&](const ReadListener& l) {
      return l.listener.daemon_name == later->listener.daemon_name;
    });
    if (same_name != later) {
      report_same_name(*later, *same_name->section);
      continue;
    }
    const auto same = std::find_if(listeners.begin(), later, [&](const ReadListener& l) {
      return same_service(l.listener, later->listener) && !l.section->has("daemon_name") &&
             !later->section->has("daemon_name");
    });
    if (same != later) report_same_service(*later->section, *same->section);
  }
}

}  // namespace portcullis
