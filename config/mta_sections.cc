#include "config/mta_sections.h"

#include <algorithm>

#include "config/mta_text.h"
#include "config/suggestion.h"
#include "config/value_list.h"

namespace portcullis {
namespace {

template <typename T>
IfWritten<T> written(const Section& section, std::string_view option,
                     Parsed<T> (*parse)(std::string_view, const Option&)) {
  auto value = section.value(option, parse);
  if (!value || !section.has(option)) return {};
  return Written<T>{*std::move(value), section.line_of(option)};
}

template <typename Enum>
IfWritten<Enum> written_choice(const Section& section, std::string_view option) {
  const auto value = section.choice<Enum>(option);
  if (!value || !section.has(option)) return {};
  return Written<Enum>{*value, section.line_of(option)};
}

// What holds by default too; its line is 0 then.
template <typename T>
Written<T> with_line(const Section& section, std::string_view option, std::optional<T> value) {
  return {std::move(value).value_or(T{}), section.has(option) ? section.line_of(option) : 0};
}

template <typename T>
std::vector<Written<T>> items(const Section& section, std::string_view option,
                              tl::expected<T, Problem> (*parse)(std::string_view)) {
  std::vector<Written<T>> all;
  if (!section.has(option)) return all;
  for (const IniPiece& item : split_list(section.pieces(option))) {
    if (item.text.empty()) {
      section.error_at({",", item.line}, "has nothing before it", "remove one of the commas");
      continue;
    }
    auto value = parse(item.text);
    if (value) {
      all.push_back({*std::move(value), item.line});
    } else {
      section.error_at(item, value.error().reason, value.error().repair);
    }
  }
  return all;
}

tl::expected<std::string, Problem> any_name(std::string_view text) {
  return std::string(text);
}

void read_server(const Section& section, ServerSettings& server) {
  server.host_name = written(section, "host_name", parse_dns_name);
  server.banner = written(section, "banner", parse_phrase);
  server.vrfy = written(section, "vrfy", parse_boolean);
  server.max_recipients = written(section, "max_recipients", parse_number);
  server.max_message_size = written(section, "max_message_size", parse_size);
  server.tls_profile = written_choice<TlsProfile>(section, "tls_profile");
  server.unverified_clients = written_choice<UnverifiedClients>(section, "unverified_clients");
  server.milter_timeout =
      with_line(section, "milter_timeout", section.value("milter_timeout", parse_duration));
  server.milter_down = with_line(section, "milter_down", section.choice<MilterDown>("milter_down"));
}

CertificateFiles read_certificate(const Section& section) {
  CertificateFiles files;
  files.name = section.name();
  files.line = section.line();
  files.certificate = with_line(section, "certificate", section.value("certificate", parse_path));
  files.key = with_line(section, "key", section.value("key", parse_path));
  files.chain = written(section, "chain", parse_path);
  files.hosts = items(section, "hosts", parse_dns_name_or_address);
  return files;
}

void read_outgoing(const Section& section, OutgoingSettings& outgoing) {
  outgoing.tls = written_choice<OutgoingTls>(section, "tls");
  outgoing.ca = written(section, "ca", parse_path);
  outgoing.hosts = items(section, "hosts", parse_mail_host);
  outgoing.mx_lookup = section.value("mx_lookup", parse_boolean).value_or(false);
}

Route read_route(const Section& section) {
  Route route{section.name(), section.line(), items(section, "domains", parse_domain),
              items(section, "hosts", parse_mail_host), false};
  route.mx_lookup = section.value("mx_lookup", parse_boolean).value_or(false);
  return route;
}

AuthenticationSettings read_authentication(const Section& section) {
  AuthenticationSettings authentication;
  authentication.line = section.line();
  authentication.source =
      with_line(section, "source", section.choice<AuthenticationSource>("source"));
  authentication.socket = written(section, "socket", parse_path);
  authentication.sasldb = written(section, "sasldb", parse_path);
  authentication.ldap_uri = written(section, "ldap_uri", parse_phrase);
  authentication.ldap_base = written(section, "ldap_base", parse_phrase);
  authentication.ldap_filter =
      with_line(section, "ldap_filter", section.value("ldap_filter", parse_phrase));
  authentication.ldap_bind_dn = written(section, "ldap_bind_dn", parse_phrase);
  authentication.ldap_password_file = written(section, "ldap_password_file", parse_path);
  return authentication;
}

ListenerDelivery read_delivery(const ReadListener& read) {
  const Section& section = *read.section;
  ListenerDelivery delivery{read.listener, section.place(), {}, {}, {}, {}, {}, {}, {}};
  delivery.idle_timeout = written(section, "idle_timeout", parse_duration);
  delivery.tls = written_choice<ListenerTls>(section, "tls");
  delivery.certificates = items(section, "certificate", any_name);
  delivery.client_certificate = written_choice<ClientCertificate>(section, "client_certificate");
  delivery.client_ca = written(section, "client_ca", parse_path);
  delivery.relay_networks = items(section, "relay_networks", parse_relay_network);
  return delivery;
}

std::uint32_t client_limit_line(const SectionPlace& listener, ListenerIndex index,
                                const std::vector<ReadClass>& classes) {
  constexpr std::string_view kLimit = "max_connections_per_client";
  if (listener.has(kLimit)) return listener.line_of(kLimit);
  const auto limits = [&](const ReadClass& read) {
    return read.client_class.max_connections_per_client && read.client_class.in_force_on(index);
  };
  const auto first = std::ranges::find_if(classes, limits);
  return first == classes.end() ? 0 : first->section->line_of(kLimit);
}

// Whether each certificate of the listener is there.
void check_names(const Section& listener, const ListenerDelivery& delivery,
                 const MtaSettings& settings) {
  std::vector<std::string_view> known;
  for (const CertificateFiles& files : settings.certificates) known.push_back(files.name);
  for (const auto& [name, line] : delivery.certificates) {
    if (settings.find_certificate(name) != nullptr) continue;
    listener.error_at(
        {name, line}, "is no [certificate NAME] of this policy",
        known.empty() ? "add a [certificate " + name + "] section" : suggest(name, known));
  }
}

// The only section of the kind; one without a line if none is written.
Section only_section(const std::vector<Section>& sections, SectionKind kind,
                     Diagnostics& diagnostics) {
  const auto found = std::ranges::find(sections, kind, &Section::kind);
  static const std::string kNoFile;
  return found != sections.end() ? *found : Section(kind, {}, {}, kNoFile, diagnostics);
}

}  // namespace

MtaSettings read_mta_settings(const std::vector<Section>& sections,
                              const std::vector<ReadListener>& listeners,
                              const std::vector<ReadClass>& classes, Diagnostics& diagnostics) {
  MtaSettings settings;
  const Section daemon = only_section(sections, SectionKind::daemon, diagnostics);
  settings.milter_socket = {daemon.text("socket"),
                            daemon.has("socket") ? daemon.line_of("socket") : 0};
  read_server(only_section(sections, SectionKind::mta, diagnostics), settings.server);
  for (const Section& section : sections) {
    if (section.kind() == SectionKind::certificate) {
      settings.certificates.push_back(read_certificate(section));
    } else if (section.kind() == SectionKind::outgoing) {
      read_outgoing(section, settings.outgoing);
    } else if (section.kind() == SectionKind::route) {
      settings.routes.push_back(read_route(section));
    } else if (section.kind() == SectionKind::authentication) {
      settings.authentication = read_authentication(section);
    }
  }
  for (const ReadListener& read : listeners) {
    settings.listeners.push_back(read_delivery(read));
    ListenerDelivery& delivery = settings.listeners.back();
    const auto index = static_cast<ListenerIndex>(settings.listeners.size() - 1);
    delivery.client_limit_line = client_limit_line(delivery.place, index, classes);
    check_names(*read.section, delivery, settings);
  }
  return settings;
}

}  // namespace portcullis
