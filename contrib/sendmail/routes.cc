// Where mail goes: SMART_HOST, and a rule for each [route NAME]. Not mailertable and RELAY_DOMAIN:
// the latter would let every host with a name below the domain send to anyone.

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "contrib/sendmail/draft.h"
#include "contrib/sendmail/m4_text.h"
#include "policy/ip_address.h"

namespace portcullis::sendmail {
namespace {

constexpr std::uint16_t kSmtpPort = 25;

std::uint16_t port_of(const MailHost& host) {
  return host.port.value_or(kSmtpPort);
}

std::string mailer_of(std::uint16_t port) {
  return port == kSmtpPort ? "relay" : fmt::format("portcullis{}", port);
}

// Brackets: no MX.
std::string host_text(const MailHost& host, bool mx_lookup) {
  if (host.is_address && host.host.find(':') != std::string::npos) {
    return fmt::format("[IPv6:{}]", host.host);
  }
  return host.is_address || !mx_lookup ? fmt::format("[{}]", host.host) : host.host;
}

struct HostList {
  std::string mailer;
  std::string hosts;  // "[a]:[b]"
};

HostList host_list(Draft& draft, const std::vector<Written<MailHost>>& hosts, bool mx_lookup,
                   std::set<std::uint16_t>& ports) {
  const std::uint16_t port = port_of(hosts.front().value);
  ports.insert(port);
  HostList list{mailer_of(port), {}};
  for (const auto& [host, line] : hosts) {
    if (port_of(host) != port) {
      draft.warning(
          line, fmt::format("{}:{}", host.host, port_of(host)),
          fmt::format("is left out: Sendmail tries all hosts of a list on the port of the "
                      "first one, {}",
                      port),
          "give all hosts of the list one port", "one-port");
      continue;
    }
    list.hosts += (list.hosts.empty() ? "" : ":") + host_text(host, mx_lookup);
  }
  return list;
}

// A class for each route and kind of domain; those below a domain go by the number of its labels,
// so that the longest one is asked first, as mailertable does it.
struct RouteClass {
  std::size_t labels = 0;  // 0: the domains themselves
  std::vector<std::string> domains;
};

std::map<std::size_t, std::vector<std::string>> by_labels(const Route& route) {
  std::map<std::size_t, std::vector<std::string>> classes;
  for (const auto& [domain, line] : route.domains) {
    const bool below = domain.starts_with('.');
    const auto labels = below ? static_cast<std::size_t>(std::ranges::count(domain, '.')) : 0;
    classes[labels].push_back(below ? domain.substr(1) : domain);
  }
  return classes;
}

// With and without the dot that canonification puts behind a name that DNS knows.
std::string rules_for(const std::string& name, std::size_t labels, const HostList& to) {
  std::string rules;
  for (const std::string_view dot : {" .", ""}) {
    if (labels == 0) {
      rules += fmt::format("R$* < @ $={{{}}}{} > $*\t$#{} $@ {} $: $1 < @ $2{} > $3\n", name, dot,
                           to.mailer, to.hosts, dot);
    } else {
      rules += fmt::format("R$* < @ $+ . $={{{}}}{} > $*\t$#{} $@ {} $: $1 < @ $2 . $3{} > $4\n",
                           name, dot, to.mailer, to.hosts, dot);
    }
  }
  return rules;
}

struct RouteRules {
  std::multimap<std::size_t, std::string> routing;  // by labels; domains themselves as the most
  std::string accepting;
};

std::string accepting_rules(const std::string& name, std::size_t labels) {
  std::string rules;
  for (const std::string_view dot : {" .", ""}) {
    rules += fmt::format(
        "R$* $| $+ < @ {}$={{{}}}{} >\t$: $1 $| $(portcullis_set {{PortcullisRoute}} "
        "$@ yes $)\n",
        labels == 0 ? "" : "$+ . ", name, dot);
  }
  return rules;
}

void draft_route(Draft& draft, const Route& route, std::size_t number, RouteRules& rules,
                 std::set<std::uint16_t>& ports) {
  const HostList to = host_list(draft, route.hosts, route.mx_lookup, ports);
  for (const auto& [labels, domains] : by_labels(route)) {
    const std::string name = fmt::format("PortcullisRoute{}x{}", number, labels);
    draft.add(
        fmt::format("route {}{}", route.name, labels == 0 ? "" : fmt::format(" below {}", labels)),
        cf_lines(CfPlace::option, class_lines(name, domains)), route.domains.front().line);
    rules.routing.emplace(labels == 0 ? 1000 : labels, rules_for(name, labels, to));
    rules.accepting += accepting_rules(name, labels);
  }
}

// Mail for a routed domain is taken from everyone, unless the local part names another host. It is
// looked at as it was written: in quotes or behind a backslash such a name is one token, or part of
// one, and the next host that unquotes it may relay to it.
void draft_accepting(Draft& draft, const std::string& rules, std::uint32_t line) {
  draft.add("ruleset Local_check_rcpt",
            cf_lines(CfPlace::option,
                     "Kportcullis_set macro\n"
                     "Kportcullis_onward regex -aelsewhere [%!@\\]\n") +
                "\n" +
                cf_lines(CfPlace::ruleset,
                         "SLocal_check_rcpt\n"
                         "R$*\t\t$: $1 $(portcullis_set {PortcullisRoute} $)\n"
                         "R$*\t\t$: $1 $| $>CanonAddr $1\n"
                         "R$* $| $* < @ $+ > $*\t$: $1 $| $(portcullis_onward $2 $: here $) "
                         "$| $2 < @ $3 > $4\n"
                         "R$* $| here $| $*\t$: $1 $| $2\n"
                         "R$* $| elsewhere $| $*\t$: $1 $| elsewhere\n" +
                             rules +
                             "R$* $| $*\t$: $1\n"
                             "\n"
                             "SLocal_Relay_Auth\n"
                             "R$*\t\t$: $1 $| $&{PortcullisRoute}\n"
                             "R$* $| yes\t$# RELAY\n"
                             "R$* $| $*\t$: $1\n"),
            line);
}

// As the relay mailer of cf/mailer/smtp.m4, to another port.
void draft_mailers(Draft& draft, const std::set<std::uint16_t>& ports) {
  for (const std::uint16_t port : ports) {
    if (port == kSmtpPort) continue;
    draft.add(fmt::format("mailer {}", mailer_of(port)),
              cf_lines(CfPlace::mailer,
                       fmt::format("M{},\t\tP=[IPC], F=mDFMuXa8, S=EnvFromSMTP/HdrFromSMTP, "
                                   "R=MasqSMTP, E=\\r\\n, L=2040,\n"
                                   "\t\tT=DNS/RFC822/SMTP,\n\t\tA=TCP $h {}\n",
                                   mailer_of(port), port)),
              0);
  }
}

}  // namespace

void draft_routes(Draft& draft) {
  std::set<std::uint16_t> ports;
  const OutgoingSettings& outgoing = draft.settings.outgoing;
  if (!outgoing.hosts.empty()) {
    const HostList to = host_list(draft, outgoing.hosts, outgoing.mx_lookup, ports);
    draft.define("SMART_HOST", to.mailer + ":" + to.hosts, outgoing.hosts.front().line);
  }
  RouteRules rules;
  std::size_t number = 0;
  for (const Route& route : draft.settings.routes) {
    if (!route.hosts.empty() && !route.domains.empty()) {
      draft_route(draft, route, ++number, rules, ports);
    }
  }
  if (!rules.routing.empty()) {
    std::string text;
    for (auto rule = rules.routing.rbegin(); rule != rules.routing.rend(); ++rule) {
      text += rule->second;
    }
    const std::uint32_t line = draft.settings.routes.front().line;
    draft.add("routing", cf_lines(CfPlace::route, text), line);
    draft_accepting(draft, rules.accepting, line);
  }
  draft_mailers(draft, ports);
}

}  // namespace portcullis::sendmail
