// What one daemon asks of its clients, by rulesets on ${daemon_name}: TLS, a certificate, a name
// that leads back to the address, and who may send to anyone. cf/README calls the rulesets
// Local_...; rules of the administrator's own in them go on behind ours.

#include <algorithm>

#include <fmt/format.h>

#include "contrib/sendmail/draft.h"
#include "contrib/sendmail/m4_text.h"
#include "contrib/sendmail/network_tokens.h"

namespace portcullis::sendmail {
namespace {

struct Daemons {
  std::vector<std::string> names;
  std::uint32_t line = 0;
};

template <typename Condition>
Daemons daemons_with(const Draft& draft, Condition line_if) {
  Daemons daemons;
  for (const ListenerDelivery& delivery : draft.settings.listeners) {
    const std::uint32_t line = line_if(delivery);
    if (line == 0) continue;
    daemons.names.push_back(delivery.listener.daemon_name);
    if (daemons.line == 0) daemons.line = line;
  }
  return daemons;
}

void add_class(Draft& draft, const std::string& name, const Daemons& daemons) {
  draft.add(fmt::format("class {}", name),
            cf_lines(CfPlace::option, class_lines(name, daemons.names)), daemons.line);
}

std::uint32_t demands_tls(const ListenerDelivery& delivery) {
  return delivery.tls && delivery.tls->value == ListenerTls::require ? delivery.tls->line : 0;
}

std::uint32_t certificate_line(const ListenerDelivery& delivery, ClientCertificate wanted) {
  const auto& certificate = delivery.client_certificate;
  return certificate && certificate->value == wanted ? certificate->line : 0;
}

void draft_demands(Draft& draft) {
  const Daemons tls = daemons_with(draft, demands_tls);
  const Daemons certificate = daemons_with(
      draft, [](const auto& each) { return certificate_line(each, ClientCertificate::require); });
  std::string rules;
  if (!tls.names.empty()) {
    add_class(draft, "PortcullisTLS", tls);
    rules +=
        "R$* $| $={PortcullisTLS} $|\t$#error $@ 5.7.0 $: \"530 Must issue a STARTTLS command "
        "first\"\n";
  }
  if (!certificate.names.empty()) {
    add_class(draft, "PortcullisCertificate", certificate);
    rules +=
        // A daemon cannot be called [proven]. A version of TLS is several tokens.
        "ROK $| $* $| $={PortcullisCertificate} $| $*\t$: OK $| $1 $| [proven] $| $3\n"
        "R$* $| MAIL $| $={PortcullisCertificate} $| $*\t$#error $@ 5.7.0 $: \"530 A certificate "
        "of the client is needed\"\n";
  }
  if (rules.empty()) return;
  draft.add("ruleset Local_tls_client",
            "define(`_LOCAL_TLS_CLIENT_')dnl\n" +
                cf_lines(CfPlace::ruleset,
                         "SLocal_tls_client\n"
                         "R$*\t\t$: $1 $| $&{daemon_name} $| $&{tls_version}\n" +
                             rules + "R$* $| $* $| $* $| $*\t$: $1 $| $2\n"),
            tls.line != 0 ? tls.line : certificate.line);
}

// STARTTLS always asks for a certificate: V keeps it from that.
void draft_requests(Draft& draft) {
  const Daemons ignoring = daemons_with(
      draft, [](const auto& each) { return certificate_line(each, ClientCertificate::ignore); });
  const Daemons asking = daemons_with(draft, [](const ListenerDelivery& each) {
    return certificate_line(each, ClientCertificate::request) +
           certificate_line(each, ClientCertificate::require);
  });
  if (ignoring.names.empty()) return;
  if (asking.names.empty()) draft.define("confTLS_SRV_OPTIONS", "V", ignoring.line);
  if (ignoring.names.size() == draft.settings.listeners.size()) return;
  if (asking.names.empty()) return;
  add_class(draft, "PortcullisAsksNot", ignoring);
  draft.add("ruleset Local_srv_features",
            "define(`_LOCAL_SRV_FEATURES_')dnl\n" + cf_lines(CfPlace::ruleset,
                                                             "SLocal_srv_features\n"
                                                             "R$*\t\t$: $1 $| $&{daemon_name}\n"
                                                             "R$* $| $={PortcullisAsksNot}\t$# V\n"
                                                             "R$* $| $*\t$: $1\n"),
            ignoring.line);
}

struct RelayClass {
  std::string name;
  const ListenerDelivery* delivery = nullptr;
};

std::vector<std::string> tokens_of(Draft& draft, const ListenerDelivery& delivery) {
  std::vector<std::string> tokens;
  for (const auto& [network, line] : delivery.relay_networks) {
    const auto more = network_tokens(network);
    if (more.empty()) {
      draft.error(line, network.to_string(),
                  "is a network that Sendmail can only be told in too many parts",
                  "write it in parts that end at a multiple of 8 bits (IPv4) or 16 (IPv6)",
                  "network-size");
    }
    tokens.insert(tokens.end(), more.begin(), more.end());
  }
  return tokens;
}

std::vector<RelayClass> draft_relay_classes(Draft& draft) {
  std::vector<RelayClass> classes;
  for (const ListenerDelivery& delivery : draft.settings.listeners) {
    if (delivery.relay_networks.empty()) continue;
    const std::uint32_t line = delivery.relay_networks.front().line;
    if (delivery.listener.role == ListenerRole::submission) {
      draft.warning(line, "relay_networks",
                    "changes nothing here: Sendmail asks everyone on a submission service who "
                    "they are",
                    "give these clients a listener with role = outbound", "submission-relay");
      continue;
    }
    const std::string name = fmt::format("PortcullisRelay{}", classes.size() + 1);
    draft.add("class " + name,
              cf_lines(CfPlace::option, class_lines(name, tokens_of(draft, delivery))), line);
    classes.push_back({name, &delivery});
  }
  return classes;
}

// A network's class holds the leading parts of its addresses.
std::string for_members(const RelayClass& relay, std::string_view before, std::string_view result) {
  std::string rules;
  for (const std::string_view rest : {"", " . $*", " : $*"}) {
    rules += fmt::format("R{} $| {} $| $={{{}}}{}\t{}\n", before,
                         relay.delivery->listener.daemon_name, relay.name, rest, result);
  }
  return rules;
}

// $# RELAY, as for a client that has proven who it is; nothing else grants it.
void draft_relaying(Draft& draft, const std::vector<RelayClass>& classes) {
  if (classes.empty()) return;
  std::string rules;
  for (const RelayClass& relay : classes) rules += for_members(relay, "$*", "$# RELAY");
  draft.add("ruleset Local_Relay_Auth",
            cf_lines(CfPlace::ruleset,
                     "SLocal_Relay_Auth\n"
                     "R$*\t\t$: $1 $| $&{daemon_name} $| $&{client_addr}\n" +
                         rules + "R$* $| $* $| $*\t$: $1\n"),
            classes.front().delivery->relay_networks.front().line);
}

// FAIL: no name; FORGED: a name that does not lead back; TEMP: nobody knows now.
void draft_names(Draft& draft, const std::vector<RelayClass>& relays) {
  const auto& unverified = draft.settings.server.unverified_clients;
  if (!unverified || unverified->value == UnverifiedClients::accept) return;
  const Daemons inbound = daemons_with(draft, [&](const ListenerDelivery& delivery) {
    return delivery.listener.role == ListenerRole::inbound ? unverified->line : 0;
  });
  if (inbound.names.empty()) return;
  add_class(draft, "PortcullisInbound", inbound);
  const bool reject = unverified->value == UnverifiedClients::reject;
  const std::string_view answer =
      reject ? "$#error $@ 5.7.25 $: \"550 The address of the client has no name that leads back "
               "to it\""
             : "$#error $@ 4.7.25 $: \"450 The address of the client has no name that leads back "
               "to it\"";
  std::string exempt;
  for (const RelayClass& relay : relays) {
    exempt += for_members(relay, "$* $| $*", "$: $1 $| OK $| exempt $| exempt");
  }
  draft.add(
      "ruleset Local_check_relay",
      cf_lines(CfPlace::ruleset,
               "SLocal_check_relay\n"
               "R$*\t\t$: <$1> $| $&{client_resolve} $| $&{daemon_name} $| $&{client_addr}\n" +
                   exempt +
                   fmt::format("R$* $| FAIL $| $={{PortcullisInbound}} $| $*\t{0}\n"
                               "R$* $| FORGED $| $={{PortcullisInbound}} $| $*\t{0}\n"
                               "R$* $| TEMP $| $={{PortcullisInbound}} $| $*\t"
                               "$#error $@ 4.7.25 $: \"450 The name of the client cannot be "
                               "found now\"\n"
                               "R<$*> $| $* $| $* $| $*\t$: $1\n",
                               answer)),
      unverified->line);
}

}  // namespace

void draft_client_rules(Draft& draft) {
  draft_demands(draft);
  draft_requests(draft);
  const auto relays = draft_relay_classes(draft);
  draft_relaying(draft, relays);
  draft_names(draft, relays);
}

}  // namespace portcullis::sendmail
