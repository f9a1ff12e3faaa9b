#include "milter/debug_lines.h"

#include <algorithm>

#include <fmt/format.h>

#include "policy/printable.h"

namespace portcullis {

std::string service_text(const DaemonMacros& service) {
  constexpr std::size_t kMaxLength = 100;
  return "daemon_name=" + printable(service.name, kMaxLength) +
         " daemon_addr=" + printable(service.address, kMaxLength) +
         " daemon_port=" + printable(service.port, kMaxLength);
}

std::string negotiation_line(unsigned long offered_actions, unsigned long offered_steps,
                             bool hears_helo) {
  return fmt::format("the MTA offers actions {:#x} and steps {:#x}: asked for {}", offered_actions,
                     offered_steps, hears_helo ? "CONNECT, HELO and MAIL" : "CONNECT");
}

std::string service_line(const DaemonMacros& service, const std::string& listener, bool assumed) {
  return fmt::format("the MTA's service {} is {}listener {}", service_text(service),
                     assumed ? "no listener's, and taken for " : "", listener);
}

std::string held_line(IpAddress client, const ConnectionClaim& claim,
                      ConnectionTable& connections) {
  return fmt::format(
      "client {} counts as {}: {} connections, {} are allowed", client.to_string(),
      claim.client_network.to_string(),
      connections.client_connections(claim.listener, claim.client_network),
      claim.max_per_client ? std::to_string(*claim.max_per_client) : std::string("any number"));
}

std::string list_line(const ListFileSummary& list, const std::vector<ListFileSummary>& before) {
  constexpr std::size_t kMaxPath = 512;
  const auto then = std::ranges::find_if(before, [&](const ListFileSummary& other) {
    return other.class_name == list.class_name && other.path == list.path;
  });
  return fmt::format(
      "list {} of class {}: {} entries, {}", printable(list.path, kMaxPath), list.class_name,
      list.entries, then == before.end() ? "none before" : fmt::format("{} before", then->entries));
}

}  // namespace portcullis
