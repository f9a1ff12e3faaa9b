#include "cli/list/lock_out.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/control_client.h"

#include "host/host_addresses.h"

namespace portcullis {
namespace {

constexpr std::chrono::seconds kPatience{5};

constexpr std::uint32_t kLoopbackIpv4 = 0x7f000001;
constexpr AddressBits kLoopbackIpv6 = 1;

bool is_denied(const Policy& policy, ListenerIndex listener, IpAddress address, Time now) {
  return policy.evaluate_connect(listener, Client{address, {}}, now).enforced() !=
         Disposition::proceed;
}

// The first listener that denies the address, if it was let in there before.
std::optional<ListenerIndex> newly_denied_on(const KnownAddress& known, const Policy* before,
                                             const Policy& after, Time now) {
  for (std::size_t l = 0; l < after.listeners().size(); ++l) {
    const auto listener = static_cast<ListenerIndex>(l);
    if (!is_denied(after, listener, known.address, now)) continue;
    const bool let_in =
        before != nullptr
            ? !is_denied(*before, listener, known.address, now)
            : after.evaluate_connect(listener, Client{known.address, {}}, now).entry.has_value();
    if (let_in) return listener;
  }
  return {};
}

std::string decided_by(const Policy& policy, const Verdict& verdict) {
  if (!verdict.entry) return "no entry lets it in any more";
  const EntryDescription entry = policy.describe(*verdict.entry);
  return fmt::format("{} ({}:{}) denies it", entry.text, entry.file, entry.line);
}

}  // namespace

std::vector<KnownAddress> addresses_of_this_host() {
  std::vector<KnownAddress> known = {
      {IpAddress::from_ipv4(kLoopbackIpv4), "loopback"},
      {IpAddress::from_bits(kLoopbackIpv6, AddressFamily::ipv6), "loopback"}};
  const HostAddresses host = host_addresses();
  const auto add = [&](IpAddress address, std::string owner) {
    if (std::ranges::find(known, address, &KnownAddress::address) == known.end()) {
      known.push_back({address, std::move(owner)});
    }
  };
  for (const InterfaceAddress& own : host.interfaces) {
    add(own.address, fmt::format("this host, on {}", own.interface));
  }
  for (const IpAddress& gateway : host.gateways) add(gateway, "the gateway of this host");
  return known;
}

std::vector<KnownAddress> peers_of_open_sessions(const std::string& policy_file) {
  std::vector<KnownAddress> known;
  const auto answer = ask_daemon_of(policy_file, "peers", kPatience);
  if (!answer || answer->value("ok", Json(false)) != true) return known;
  const auto peers = answer->find("peers");
  if (peers == answer->end() || !peers->is_array()) return known;
  for (const Json& peer : *peers) {
    if (!peer.is_string()) continue;
    const auto address = IpAddress::parse(peer.get_ref<const std::string&>());
    if (address) known.push_back({*address, "a client whose session is open now"});
  }
  return known;
}

bool denies_any(const Policy& policy, const std::vector<KnownAddress>& known, Time now) {
  for (std::size_t l = 0; l < policy.listeners().size(); ++l) {
    for (const KnownAddress& k : known) {
      if (is_denied(policy, static_cast<ListenerIndex>(l), k.address, now)) return true;
    }
  }
  return false;
}

Findings find_lock_outs(const std::vector<KnownAddress>& known, const Policy* before,
                        const Policy& after, Time now) {
  Findings findings;
  for (const KnownAddress& k : known) {
    const auto listener = newly_denied_on(k, before, after, now);
    if (!listener) continue;
    const Verdict verdict = after.evaluate_connect(*listener, Client{k.address, {}}, now);
    findings.push_back(
        {true, fmt::format("{} ({}) would be denied on listener {}: {}", k.address.to_string(),
                           k.owner, after.listener(*listener).name, decided_by(after, verdict))});
  }
  return findings;
}

}  // namespace portcullis
