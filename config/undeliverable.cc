// find_undeliverable(): what is wrong with MtaSettings as a whole, for both MTAs alike.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "config/mta_settings.h"

namespace portcullis {
namespace {

constexpr std::uint16_t kSmtpPort = 25;
constexpr std::uint32_t kLeastRecipients = 100;                       // RFC 5321 section 4.5.3.1.8
constexpr std::chrono::seconds kLeastIdle = std::chrono::minutes(5);  // section 4.5.3.2.7

class Questions {
 public:
  explicit Questions(const MtaSettings& settings) : settings_(settings) {}

  Diagnostics ask() && {
    for (const ListenerDelivery& listener : settings_.listeners) {
      about_tls(listener);
      about_client_certificates(listener);
      about_submission(listener);
      about_timeouts(listener);
    }
    about_clashes();
    about_domains();
    about_authentication();
    about_server();
    return std::move(found_);
  }

 private:
  void error(std::uint32_t line, std::string culprit, std::string reason, std::string repair,
             std::string_view code) {
    found_.error(settings_.policy_file, line, std::move(culprit), std::move(reason),
                 std::move(repair), code);
  }
  void warning(std::uint32_t line, std::string culprit, std::string reason, std::string repair,
               std::string_view code) {
    found_.warning(settings_.policy_file, line, std::move(culprit), std::move(reason),
                   std::move(repair), code);
  }

  static bool offers_tls(const ListenerDelivery& l) {
    return l.tls && l.tls->value != ListenerTls::off;
  }
  static bool demands_tls(const ListenerDelivery& l) {
    return l.tls && l.tls->value == ListenerTls::require;
  }
  static std::string title(const ListenerDelivery& l) {
    return fmt::format("[listener {}]", l.listener.name);
  }

  void about_tls(const ListenerDelivery& l) {
    if (offers_tls(l) && l.certificates.empty()) {
      error(l.tls->line, fmt::format("tls = {}", to_string(l.tls->value)), "needs a certificate",
            "write certificate = NAME, and a [certificate NAME] section", "no-certificate");
    } else if (l.listener.implicit_tls_port && l.certificates.empty()) {
      error(l.place.line_of("implicit_tls_port"),
            fmt::format("implicit_tls_port = {}", *l.listener.implicit_tls_port),
            "needs a certificate", "write certificate = NAME, and a [certificate NAME] section",
            "no-certificate");
    }
    if (demands_tls(l) && l.listener.role == ListenerRole::inbound &&
        l.listener.port == kSmtpPort &&
        l.listener.addresses.kind != ListenAddresses::Kind::loopback) {
      warning(l.tls->line, "tls = require",
              "on port 25 refuses mail of servers without TLS, which RFC 3207 section 4 does not "
              "allow of a public server",
              "write tls = may, unless only known servers send here", "tls-required-of-everyone");
    }
  }

  void about_client_certificates(const ListenerDelivery& l) {
    if (!l.client_certificate || l.client_certificate->value == ClientCertificate::ignore) return;
    const std::string culprit =
        fmt::format("client_certificate = {}", to_string(l.client_certificate->value));
    const bool require = l.client_certificate->value == ClientCertificate::require;
    if (require && !demands_tls(l)) {
      error(l.client_certificate->line, culprit, "holds only where TLS is required",
            "write tls = require, or client_certificate = request", "client-certificate");
    }
    if (require && !l.client_ca) {
      error(l.client_certificate->line, culprit, "says not which authorities are trusted",
            "write client_ca = FILE", "client-certificate");
    }
    if (!require && !offers_tls(l) && !l.listener.implicit_tls_port) {
      warning(l.client_certificate->line, culprit, "asks nobody without TLS", "write tls = may",
              "client-certificate");
    }
  }

  void about_submission(const ListenerDelivery& l) {
    if (l.listener.role != ListenerRole::submission) return;
    if (!settings_.authentication) {
      error(l.place.line_of("role"), "role = submission",
            "lets in users who prove who they are, and nothing says how",
            "write an [authentication] section", "no-authentication");
    }
    if (!offers_tls(l) && !l.listener.implicit_tls_port) {
      error(l.place.line_of("role"), "role = submission",
            "has no TLS, and passwords are never taken without it", "write tls = require",
            "no-certificate");
    }
  }

  void about_timeouts(const ListenerDelivery& l) {
    if (!l.idle_timeout || l.idle_timeout->value >= kLeastIdle) return;
    warning(l.idle_timeout->line, fmt::format("idle_timeout = {}s", l.idle_timeout->value.count()),
            "is less than the 5 minutes that RFC 5321 section 4.5.3.2.7 asks a server to wait",
            "write 5m or more", "short-timeout");
  }

  static std::vector<std::uint16_t> ports(const Listener& l) {
    std::vector<std::uint16_t> all = {l.port};
    if (l.implicit_tls_port) all.push_back(*l.implicit_tls_port);
    return all;
  }

  static bool share_an_address(const ListenAddresses& a, const ListenAddresses& b) {
    using enum ListenAddresses::Kind;
    if (a.kind == all || b.kind == all) return true;
    if (a.kind == loopback && b.kind == loopback) return true;
    const ListenAddresses& chosen_one = a.kind == chosen ? a : b;
    const ListenAddresses& other = a.kind == chosen ? b : a;
    return std::ranges::any_of(chosen_one.chosen,
                               [&](IpAddress address) { return other.includes(address); });
  }

  void about_clashes() {
    for (auto later = settings_.listeners.begin(); later != settings_.listeners.end(); ++later) {
      for (auto earlier = settings_.listeners.begin(); earlier != later; ++earlier) {
        about_clash(*later, *earlier);
      }
    }
  }

  void about_clash(const ListenerDelivery& later, const ListenerDelivery& earlier) {
    if (!share_an_address(later.listener.addresses, earlier.listener.addresses)) return;
    const auto taken = ports(earlier.listener);
    for (const std::uint16_t port : ports(later.listener)) {
      if (std::ranges::find(taken, port) == taken.end()) continue;
      const bool main_port = port == later.listener.port;
      error(later.place.line_of(main_port ? "port" : "implicit_tls_port"),
            fmt::format("{} = {}", main_port ? "port" : "implicit_tls_port", port),
            fmt::format("of {} is taken on the same address by {}, in line {}", title(later),
                        title(earlier), earlier.place.line_of("port")),
            "give one of them another port, or addresses of its own", "same-service");
    }
  }

  void about_domains() {
    std::map<std::string_view, const Route*> routes;
    for (const Route& route : settings_.routes) {
      for (const auto& [domain, line] : route.domains) {
        const auto [first, is_first] = routes.emplace(domain, &route);
        if (is_first) continue;
        error(line, domain, fmt::format("is a domain of [route {}] too", first->second->name),
              "remove one of the two", "domain-twice");
      }
    }
  }

  void need(const AuthenticationSettings& a, const IfWritten<std::string>& value,
            std::string_view option) {
    if (value) return;
    error(a.source.line, "source = ldap", fmt::format("needs {}", option),
          fmt::format("write {} = ...", option), "no-authentication");
  }

  void about_authentication() {
    if (!settings_.authentication) return;
    const AuthenticationSettings& a = *settings_.authentication;
    const bool ldap = a.source.value == AuthenticationSource::ldap;
    if (ldap) {
      need(a, a.ldap_uri, "ldap_uri");
      need(a, a.ldap_base, "ldap_base");
      if (a.ldap_bind_dn && !a.ldap_password_file) need(a, {}, "ldap_password_file");
    }
    const auto unused = [&](const IfWritten<std::string>& value, std::string_view option,
                            bool used) {
      if (!value || used) return;
      warning(value->line, fmt::format("{} = {}", option, value->value),
              fmt::format("says nothing with source = {}", to_string(a.source.value)), "remove it",
              "useless-option");
    };
    unused(a.sasldb, "sasldb", a.source.value == AuthenticationSource::sasldb);
    unused(a.socket, "socket", a.source.value != AuthenticationSource::sasldb);
    unused(a.ldap_uri, "ldap_uri", ldap);
    unused(a.ldap_base, "ldap_base", ldap);
    unused(a.ldap_bind_dn, "ldap_bind_dn", ldap);
    unused(a.ldap_password_file, "ldap_password_file", ldap);
  }

  void about_server() {
    const ServerSettings& server = settings_.server;
    if (server.max_recipients && server.max_recipients->value < kLeastRecipients) {
      warning(server.max_recipients->line,
              fmt::format("max_recipients = {}", server.max_recipients->value),
              "is less than the 100 that RFC 5321 section 4.5.3.1.8 asks a server to take",
              "write 100 or more", "few-recipients");
    }
    if (server.milter_down.value == MilterDown::accept) {
      warning(server.milter_down.line, "milter_down = accept",
              "lets everyone in while the milter is away", "write milter_down = tempfail",
              "open-door");
    }
  }

  const MtaSettings& settings_;
  Diagnostics found_;
};

}  // namespace

Diagnostics find_undeliverable(const MtaSettings& settings) {
  return Questions(settings).ask();
}

}  // namespace portcullis
