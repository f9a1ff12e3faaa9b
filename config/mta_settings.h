#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "config/section_place.h"
#include "policy/ip_prefix.h"
#include "policy/listener.h"

namespace portcullis {

// A value that the policy file says, with its line there.
template <typename T>
struct Written {
  T value{};
  std::uint32_t line = 0;

  friend bool operator==(const Written&, const Written&) = default;
};

// Nothing: the policy does not say it, and the MTA keeps what it has.
template <typename T>
using IfWritten = std::optional<Written<T>>;

enum class ListenerTls : std::uint8_t { off, may, require };
enum class ClientCertificate : std::uint8_t { ignore, request, require };
enum class TlsProfile : std::uint8_t { modern, intermediate };
enum class UnverifiedClients : std::uint8_t { accept, tempfail, reject };
enum class MilterDown : std::uint8_t { tempfail, reject, accept };
enum class OutgoingTls : std::uint8_t { off, may, require, verify };
enum class AuthenticationSource : std::uint8_t { sasldb, saslauthd, ldap, dovecot };

// The words of the policy file.
std::string_view to_string(ListenerTls tls);
std::string_view to_string(ClientCertificate certificate);
std::string_view to_string(TlsProfile profile);
std::string_view to_string(UnverifiedClients clients);
std::string_view to_string(MilterDown down);
std::string_view to_string(OutgoingTls tls);
std::string_view to_string(AuthenticationSource source);

// One SMTP service that the MTA is to offer.
struct ListenerDelivery {
  Listener listener;
  SectionPlace place;
  IfWritten<std::chrono::seconds> idle_timeout;
  IfWritten<ListenerTls> tls;
  std::vector<Written<std::string>> certificates;  // names in MtaSettings::certificates
  IfWritten<ClientCertificate> client_certificate;
  IfWritten<std::string> client_ca;
  std::vector<Written<IpPrefix>> relay_networks;
  // Where a max_connections_per_client stands that holds here: the listener's own, or else that of
  // the first class in force on it. 0: there is none, and the milter counts no client.
  std::uint32_t client_limit_line = 0;
};

// [certificate NAME]. Paths as they are written, absolute; nobody has looked at the files.
struct CertificateFiles {
  std::string name;
  std::uint32_t line = 0;
  Written<std::string> certificate;
  Written<std::string> key;
  IfWritten<std::string> chain;
  std::vector<Written<std::string>> hosts;  // names and addresses, names in lower case
};

// Where mail is handed on to: an address or a host name, in lower case; no port is port 25.
struct MailHost {
  std::string host;
  bool is_address = false;
  std::optional<std::uint16_t> port;

  friend bool operator==(const MailHost&, const MailHost&) = default;
};

// [mta].
struct ServerSettings {
  IfWritten<std::string> host_name;
  IfWritten<std::string> banner;
  IfWritten<bool> vrfy;
  IfWritten<std::uint32_t> max_recipients;
  IfWritten<std::uint32_t> max_message_size;  // bytes
  IfWritten<TlsProfile> tls_profile;
  IfWritten<UnverifiedClients> unverified_clients;
  // These hold without being written; line 0 is a default.
  Written<std::chrono::seconds> milter_timeout{std::chrono::seconds(30)};
  Written<MilterDown> milter_down{MilterDown::tempfail};
};

// [outgoing].
struct OutgoingSettings {
  IfWritten<OutgoingTls> tls;
  IfWritten<std::string> ca;
  std::vector<Written<MailHost>> hosts;  // the first choice first; empty: by MX
  bool mx_lookup = false;                // of the hosts
};

// [route NAME].
struct Route {
  std::string name;
  std::uint32_t line = 0;
  std::vector<Written<std::string>> domains;  // lower case; ".example.com" is what is below it
  std::vector<Written<MailHost>> hosts;       // the first choice first
  bool mx_lookup = false;
};

// [authentication].
struct AuthenticationSettings {
  std::uint32_t line = 0;
  Written<AuthenticationSource> source;
  IfWritten<std::string> socket;
  IfWritten<std::string> sasldb;
  IfWritten<std::string> ldap_uri;
  IfWritten<std::string> ldap_base;
  Written<std::string> ldap_filter;
  IfWritten<std::string> ldap_bind_dn;
  IfWritten<std::string> ldap_password_file;
};

// All that a policy says of the host MTA's own configuration. Values that can be read; whether they
// can be delivered is for find_undeliverable() and the generators.
struct MtaSettings {
  std::string policy_file;
  Written<std::string> milter_socket;       // [daemon] socket; line 0 is the default
  std::vector<ListenerDelivery> listeners;  // by ListenerIndex
  std::vector<CertificateFiles> certificates;
  ServerSettings server;
  OutgoingSettings outgoing;
  std::vector<Route> routes;
  std::optional<AuthenticationSettings> authentication;

  // True if the policy says anything that only the MTA delivers. If not, the MTA is configured by
  // hand, and ports, roles and limits only describe it.
  bool says_anything() const;
  // Nothing if no section has the name.
  const CertificateFiles* find_certificate(std::string_view name) const;
};

// What a policy says of the MTA and no MTA can be made to do, or was hardly meant: errors and
// warnings with their lines. Errors stop `portcullis generate`; the daemon does not ask. Pure.
Diagnostics find_undeliverable(const MtaSettings& settings);

}  // namespace portcullis
