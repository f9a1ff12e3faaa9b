// Where mail goes on to: [outgoing] and [route NAME].

#include <algorithm>

#include <fmt/format.h>

#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"

namespace portcullis {
namespace {

constexpr const char* kTransportMap = "portcullis_transport";
constexpr const char* kRelayDomains = "portcullis_relay_domains";
constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

// Without brackets Postfix asks for MX records.
std::string next_hop(const MailHost& host, bool mx_lookup) {
  const bool brackets = host.is_address || !mx_lookup;
  std::string text = brackets ? '[' + host.host + ']' : host.host;
  if (host.port) text += fmt::format(":{}", *host.port);
  return text;
}

std::vector<std::string> next_hops(const std::vector<Written<MailHost>>& hosts, bool mx_lookup) {
  std::vector<std::string> hops;
  for (const auto& host : hosts) hops.push_back(next_hop(host.value, mx_lookup));
  return hops;
}

std::string security_level(OutgoingTls tls) {
  switch (tls) {
    case OutgoingTls::off:
      return "none";
    case OutgoingTls::may:
      return "may";
    case OutgoingTls::require:
      return "encrypt";
    case OutgoingTls::verify:
      return "verify";
  }
  return "encrypt";
}

void plan_outgoing_tls(const PlanDraft& draft) {
  const OutgoingSettings& outgoing = draft.policy.outgoing;
  if (outgoing.tls) {
    draft.set("smtp_tls_security_level", security_level(outgoing.tls->value), outgoing.tls->line);
  }
  if (outgoing.ca) {
    draft.set("smtp_tls_CAfile", draft.path_item(*outgoing.ca, "ca"), outgoing.ca->line);
  } else if (outgoing.tls && outgoing.tls->value == OutgoingTls::verify) {
    draft.set("smtp_tls_CAfile", kSystemAuthorities, outgoing.tls->line);
  }
}

// A name in the certificate is what Postfix compares; it looks at no address there.
void warn_of_addresses(const PlanDraft& draft, const std::vector<Written<MailHost>>& hosts) {
  const auto& tls = draft.policy.outgoing.tls;
  if (!tls || tls->value != OutgoingTls::verify) return;
  for (const auto& [host, line] : hosts) {
    if (!host.is_address) continue;
    draft.warning(line, host.host,
                  "is an address, and tls = verify compares the name in the certificate: mail to "
                  "it stays in the queue",
                  "write the host's name", "unverifiable-host");
  }
}

void plan_relay_hosts(const PlanDraft& draft) {
  const OutgoingSettings& outgoing = draft.policy.outgoing;
  if (outgoing.hosts.empty()) return;
  const auto hops = next_hops(outgoing.hosts, outgoing.mx_lookup);
  const std::uint32_t line = outgoing.hosts.front().line;
  warn_of_addresses(draft, outgoing.hosts);
  if (draft.facts.version >= since::kHostLists) {
    draft.set("relayhost", join_items(hops, ", "), line);
    return;
  }
  draft.set("relayhost", hops.front(), line);
  if (hops.size() > 1) {
    draft.set("smtp_fallback_relay", join_items({hops.begin() + 1, hops.end()}, ", "), line);
  }
}

std::string map_title(std::string_view what) {
  return fmt::format("# {} Written by portcullis generate.\n", what);
}

std::string transport_map(const PlanDraft& draft) {
  const std::string transport = draft.facts.has_service("relay/unix") ? "relay" : "smtp";
  std::string text = map_title("Where mail for these domains goes: transport(5).");
  for (const Route& route : draft.policy.routes) {
    auto hops = next_hops(route.hosts, route.mx_lookup);
    if (hops.empty()) continue;
    if (hops.size() > 1 && draft.facts.version < since::kHostLists) hops.resize(1);
    for (const auto& [domain, line] : route.domains) {
      text += origin_comment(draft.policy, line);
      text += fmt::format("{}\t{}:{}\n", domain, transport, join_items(hops, ", "));
    }
  }
  return text;
}

// An exact pattern, because a name in relay_domains stands for all that is below it, too.
std::string domain_pattern(std::string_view domain) {
  std::string pattern = domain.starts_with('.') ? "/^.+" : "/^";
  for (const char c : domain) {
    if (c == '.') pattern += '\\';
    pattern += c;
  }
  return pattern + "$/";
}

std::string relay_domains(const PlanDraft& draft) {
  std::string text = map_title("Domains that mail is taken for: regexp_table(5).");
  for (const Route& route : draft.policy.routes) {
    for (const auto& [domain, line] : route.domains) {
      text += origin_comment(draft.policy, line);
      text += domain_pattern(domain) + "\tOK\n";
    }
  }
  return text;
}

void warn_of_lost_hosts(const PlanDraft& draft, const Route& route) {
  if (route.hosts.size() < 2 || draft.facts.version >= since::kHostLists) return;
  draft.warning(route.hosts.front().line, route.hosts.front().value.host,
                fmt::format("is the only host of [route {}] that Postfix {} can be told; it knows "
                            "no list",
                            route.name, draft.facts.version.to_string()),
                "upgrade to 3.5, or write mx_lookup = yes and let MX records name the hosts",
                "one-host");
}

}  // namespace

void plan_outgoing(const PlanDraft& draft) {
  plan_outgoing_tls(draft);
  plan_relay_hosts(draft);
}

void plan_routes(const PlanDraft& draft) {
  const auto& routes = draft.policy.routes;
  if (routes.empty()) return;
  for (const Route& route : routes) {
    warn_of_lost_hosts(draft, route);
    warn_of_addresses(draft, route.hosts);
  }
  draft.plan.files.push_back({kTransportMap, transport_map(draft), false});
  draft.plan.files.push_back({kRelayDomains, relay_domains(draft), false});
  const std::uint32_t line = routes.front().line;
  plan_list(draft, {"transport_maps", fmt::format("texthash:{}{}", kOwnFiles, kTransportMap), true},
            line, is_same_item);
  plan_list(draft, {"relay_domains", fmt::format("regexp:{}{}", kOwnFiles, kRelayDomains), false},
            line, is_same_item, draft.facts.relay_domains);
}

}  // namespace portcullis
