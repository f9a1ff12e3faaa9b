#include "config/mta_settings.h"

#include <algorithm>

namespace portcullis {

std::string_view to_string(ListenerTls tls) {
  switch (tls) {
    case ListenerTls::off:
      return "off";
    case ListenerTls::may:
      return "may";
    case ListenerTls::require:
      return "require";
  }
  return "?";
}

std::string_view to_string(ClientCertificate certificate) {
  switch (certificate) {
    case ClientCertificate::ignore:
      return "ignore";
    case ClientCertificate::request:
      return "request";
    case ClientCertificate::require:
      return "require";
  }
  return "?";
}

std::string_view to_string(TlsProfile profile) {
  return profile == TlsProfile::modern ? "modern" : "intermediate";
}

std::string_view to_string(UnverifiedClients clients) {
  switch (clients) {
    case UnverifiedClients::accept:
      return "accept";
    case UnverifiedClients::tempfail:
      return "tempfail";
    case UnverifiedClients::reject:
      return "reject";
  }
  return "?";
}

std::string_view to_string(MilterDown down) {
  switch (down) {
    case MilterDown::tempfail:
      return "tempfail";
    case MilterDown::reject:
      return "reject";
    case MilterDown::accept:
      return "accept";
  }
  return "?";
}

std::string_view to_string(OutgoingTls tls) {
  switch (tls) {
    case OutgoingTls::off:
      return "off";
    case OutgoingTls::may:
      return "may";
    case OutgoingTls::require:
      return "require";
    case OutgoingTls::verify:
      return "verify";
  }
  return "?";
}

std::string_view to_string(AuthenticationSource source) {
  switch (source) {
    case AuthenticationSource::sasldb:
      return "sasldb";
    case AuthenticationSource::saslauthd:
      return "saslauthd";
    case AuthenticationSource::ldap:
      return "ldap";
    case AuthenticationSource::dovecot:
      return "dovecot";
  }
  return "?";
}

bool MtaSettings::says_anything() const {
  const auto says = [](const ListenerDelivery& l) {
    return l.idle_timeout || l.tls || !l.certificates.empty() || l.client_certificate ||
           l.client_ca || !l.relay_networks.empty();
  };
  const bool server_says = server.host_name || server.banner || server.vrfy ||
                           server.max_recipients || server.max_message_size || server.tls_profile ||
                           server.unverified_clients || server.milter_timeout.line > 0 ||
                           server.milter_down.line > 0;
  return server_says || std::ranges::any_of(listeners, says) || !certificates.empty() ||
         outgoing.tls || outgoing.ca || !outgoing.hosts.empty() || !routes.empty() ||
         authentication.has_value();
}

const CertificateFiles* MtaSettings::find_certificate(std::string_view name) const {
  const auto found = std::ranges::find(certificates, name, &CertificateFiles::name);
  return found == certificates.end() ? nullptr : &*found;
}

}  // namespace portcullis
