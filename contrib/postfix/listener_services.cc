// [listener NAME]: one service of master.cf for each of its addresses and ports.

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "contrib/postfix/original_state.h"
#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"

namespace portcullis {
namespace {

std::vector<std::optional<IpAddress>> addresses_of(const Listener& listener,
                                                   const PostfixFacts& facts) {
  using enum ListenAddresses::Kind;
  if (listener.addresses.kind == all) return {std::nullopt};
  if (listener.addresses.kind == loopback) {
    std::vector<std::optional<IpAddress>> both = {IpAddress::from_ipv4(0x7f000001)};
    if (facts.ipv6_loopback) both.emplace_back(*IpAddress::parse("::1"));
    return both;
  }
  return {listener.addresses.chosen.begin(), listener.addresses.chosen.end()};
}

std::string service_name(const ListenPlace& place) {
  return place.address ? fmt::format("{}:{}", bracketed(*place.address), place.port)
                       : fmt::format("{}", place.port);
}

// The milter shall be the one that answers the client that is too much, so the processes must
// suffice for it and for some more at the same time.
std::string process_limit(std::optional<std::uint32_t> connections) {
  if (!connections) return "0";
  return fmt::format("{}", *connections + std::max(10U, *connections / 10));
}

class ServicePlanner {
 public:
  explicit ServicePlanner(const PlanDraft& draft) : draft_(draft) {}

  void plan(const ListenerDelivery& l) {
    for (const auto& address : addresses_of(l.listener, draft_.facts)) {
      plan_at(l, {address, {}, l.listener.port}, l.place.line_of("port"), false);
      if (!l.listener.implicit_tls_port) continue;
      plan_at(l, {address, {}, *l.listener.implicit_tls_port}, l.place.line_of("implicit_tls_port"),
              true);
    }
  }

  // Services that an earlier application removed and that would still be in the way.
  void keep_removed() const {
    for (const auto& [cell, applied] : draft_.facts.applied.cells) {
      if (cell.file != kMasterCf || applied.applied || !applied.before) continue;
      MasterEntry entry;
      entry.service = cell.setting.substr(0, cell.setting.rfind('/'));
      entry.type = cell.setting.substr(entry.service.size() + 1);
      const auto place = listen_place(entry);
      const bool in_the_way = place && std::ranges::any_of(places_, [&](const ListenPlace& ours) {
                                return clash(*place, ours);
                              });
      if (in_the_way) remove(entry.name());
    }
  }

 private:
  void remove(const std::string& name) const {
    auto& removed = draft_.plan.removed_services;
    if (std::ranges::find(removed, name) == removed.end()) removed.push_back(name);
  }

  void plan_at(const ListenerDelivery& l, const ListenPlace& place, std::uint32_t line,
               bool implicit_tls) {
    PlannedService service;
    service.implicit_tls = implicit_tls;
    service.line = line;
    std::vector<const MasterEntry*> replaced;
    if (!find_entry(place, line, service, replaced)) return;
    places_.push_back(place);
    fill(l, service);
    compare_replaced(replaced, line, service);
    draft_.plan.services.push_back(std::move(service));
  }

  // What stands at the place is taken over if it is the same place, and replaced otherwise. False
  // if it must not be touched.
  bool find_entry(const ListenPlace& place, std::uint32_t line, PlannedService& service,
                  std::vector<const MasterEntry*>& replaced) {
    const MasterEntry* taken = nullptr;
    for (const MasterEntry& entry : draft_.facts.services) {
      const auto there = listen_place(entry);
      if (!there || !clash(*there, place)) continue;
      if (!is_smtpd(entry, line)) return false;
      if (*there == place && taken == nullptr) {
        taken = &entry;
      } else {
        remove(entry.name());
        replaced.push_back(&entry);
      }
    }
    service.exists = taken != nullptr;
    service.entry = taken != nullptr ? *taken : new_entry(place, replaced);
    return true;
  }

  // What one has would hold for the clients of all: a network that may relay, for example.
  void compare_replaced(const std::vector<const MasterEntry*>& replaced, std::uint32_t line,
                        const PlannedService& service) const {
    for (const MasterEntry* const entry : replaced) {
      if (inherited(*entry, service) == inherited(*replaced.front(), service)) continue;
      draft_.error(line, fmt::format("{} and {}", replaced.front()->name(), entry->name()),
                   "of master.cf have different options, and one service would replace them both",
                   "give them the same options, or write one listener for each of their addresses",
                   "different-services");
      return;
    }
  }

  // What is left of a service in the one that replaces it.
  std::string inherited(const MasterEntry& entry, const PlannedService& service) const {
    MasterEntry rest = service_without_us(entry, draft_.facts.applied);
    rest.service.clear();
    if (service.process_limit) rest.process_limit.clear();
    std::erase_if(rest.overrides, [&](const auto& option) {
      return std::ranges::find(service.overrides, option.first, &PlannedSetting::name) !=
             service.overrides.end();
    });
    std::ranges::sort(rest.overrides);
    return rest.to_line();
  }

  bool is_smtpd(const MasterEntry& entry, std::uint32_t line) const {
    const std::string program = entry.command.substr(0, entry.command.find(' '));
    if (program == "smtpd") return true;
    draft_.error(
        line, entry.name(),
        fmt::format("of master.cf runs {} on this port, which Portcullis leaves alone", program),
        "give the listener another port, or run smtpd there", "foreign-service");
    return false;
  }

  MasterEntry new_entry(const ListenPlace& place,
                        const std::vector<const MasterEntry*>& replaced) const {
    MasterEntry entry;
    if (!replaced.empty()) {
      // What an earlier policy gave it is not for whoever comes after: least of all relay rights.
      entry = service_without_us(*replaced.back(), draft_.facts.applied);
    } else {
      const auto model = std::ranges::find_if(draft_.facts.services, [](const MasterEntry& e) {
        return e.type == "inet" && e.command.starts_with("smtpd");
      });
      if (model != draft_.facts.services.end()) entry.chroot = model->chroot;
      entry.command = "smtpd";
    }
    entry.service = service_name(place);
    entry.type = "inet";
    return entry;
  }

  void fill(const ListenerDelivery& l, PlannedService& service) const {
    const Listener& listener = l.listener;
    service.overrides.push_back({"milter_macro_daemon_name", daemon_name(l), l.place.line});
    if (l.place.has("max_connections")) {
      service.process_limit = {"process_limit", process_limit(listener.max_connections),
                               l.place.line_of("max_connections")};
    }
    // The milter counts clients; anvil(8) would answer first.
    if (l.client_limit_line != 0) {
      service.overrides.push_back(
          {"smtpd_client_connection_count_limit", "0", l.client_limit_line});
    }
    if (l.idle_timeout) {
      service.overrides.push_back({"smtpd_timeout",
                                   fmt::format("{}s", l.idle_timeout->value.count()),
                                   l.idle_timeout->line});
    }
    plan_listener_tls(draft_, l, service);
    plan_relaying(l, service);
  }

  std::string daemon_name(const ListenerDelivery& l) const {
    if (is_plain_item(l.listener.daemon_name)) return literal(l.listener.daemon_name);
    draft_.error(l.place.line_of("daemon_name"), "daemon_name = " + l.listener.daemon_name,
                 "has a comma, a quote or a brace, which Postfix does not take in master.cf",
                 "write letters, digits, '-' and '_'", "unusable-name");
    return {};
  }

  // Who may send to anyone: nobody but relay_networks, and users who have proved who they are.
  static void plan_relaying(const ListenerDelivery& l, PlannedService& service) {
    const bool networks = l.place.has("relay_networks");
    const std::uint32_t line = l.place.line_of(networks ? "relay_networks" : "role");
    std::string permits;
    if (networks) {
      std::vector<std::string> patterns;
      for (const auto& network : l.relay_networks) {
        patterns.push_back(network_pattern(network.value));
      }
      service.overrides.push_back(
          {"mynetworks", fmt::format("{}", fmt::join(patterns, ",")), line});
      permits = "permit_mynetworks,";
    }
    if (l.listener.role == ListenerRole::submission) {
      plan_submission(line, permits + "permit_sasl_authenticated,reject", service);
    } else if (networks) {
      service.overrides.push_back(
          {"smtpd_relay_restrictions", permits + "reject_unauth_destination", line});
    }
  }

  static void plan_submission(std::uint32_t line, const std::string& restrictions,
                              PlannedService& service) {
    service.overrides.push_back({"smtpd_sasl_auth_enable", "yes", line});
    service.overrides.push_back({"smtpd_tls_auth_only", "yes", line});
    service.overrides.push_back({"smtpd_relay_restrictions", restrictions, line});
    service.overrides.push_back({"smtpd_recipient_restrictions", restrictions, line});
    // What main.cf demands of other servers, such as a host name, users do not have.
    service.overrides.push_back({"smtpd_client_restrictions", "", line});
    service.overrides.push_back({"smtpd_helo_restrictions", "", line});
  }

  const PlanDraft& draft_;
  std::vector<ListenPlace> places_;
};

}  // namespace

void plan_services(const PlanDraft& draft) {
  ServicePlanner planner(draft);
  for (const ListenerDelivery& listener : draft.policy.listeners) planner.plan(listener);
  planner.keep_removed();
}

}  // namespace portcullis
