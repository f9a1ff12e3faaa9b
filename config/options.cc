#include "config/options.h"

#include <algorithm>
#include <array>
#include <limits>

namespace portcullis {
namespace {

constexpr std::uint32_t kMaxCount = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kHour = 3600;

// Options differ in few things; each of these makes one kind of row.
constexpr Option row(SectionKind section, std::string_view name, OptionType type,
                     std::string_view default_value, std::string_view help) {
  return {.section = section,
          .name = name,
          .type = type,
          .default_value = default_value,
          .default_note = {},
          .required = false,
          .words = {},
          .minimum = 0,
          .maximum = kMaxCount,
          .unit = {},
          .reload = section == SectionKind::daemon ? Reload::restart_needed : Reload::yes,
          .help = help,
          .mta_setting = {}};
}

constexpr Option one_of(SectionKind section, std::string_view name, std::string_view words,
                        std::string_view default_value, std::string_view help) {
  Option option = row(section, name, OptionType::choice, default_value, help);
  option.words = words;
  return option;
}

constexpr Option number(SectionKind section, std::string_view name, OptionType type,
                        std::string_view default_value, std::uint32_t minimum,
                        std::uint32_t maximum, std::string_view unit, std::string_view help) {
  Option option = row(section, name, type, default_value, help);
  option.minimum = minimum;
  option.maximum = maximum;
  option.unit = unit;
  return option;
}

// What the MTA delivers: `delivery` names its settings, Postfix's and then Sendmail's.
constexpr Option by_mta(Option option, std::string_view delivery) {
  option.mta_setting = delivery;
  return option;
}

constexpr Option required(Option option) {
  option.required = true;
  return option;
}

constexpr Option without_value(Option option, std::string_view note) {
  option.default_note = note;
  return option;
}

constexpr auto kDaemon = SectionKind::daemon;
constexpr auto kListener = SectionKind::listener;
constexpr auto kClass = SectionKind::client_class;
constexpr auto kMta = SectionKind::mta;
constexpr auto kCertificate = SectionKind::certificate;
constexpr auto kOutgoing = SectionKind::outgoing;
constexpr auto kRoute = SectionKind::route;
constexpr auto kAuthentication = SectionKind::authentication;

constexpr std::string_view kMtaDecides = "what the MTA has";
constexpr std::uint32_t kDay = 86400;
using enum OptionType;

constexpr std::array kOptions = {
    // What the daemon needs before it gives up root.
    row(kDaemon, "socket", socket, "unix:/run/portcullis/milter.sock",
        "Where the MTA reaches the milter: unix:/path, inet:port@host or inet6:port@host."),
    number(kDaemon, "socket_mode", mode, "0660", 0, 0777, {},
           "Permissions of a unix: socket. Whoever may write to it can be the MTA."),
    without_value(row(kDaemon, "socket_group", text, {},
                      "Group of a unix: socket: the MTA's, so that the MTA may connect."),
                  "the group of the process"),
    row(kDaemon, "control_socket", path, "/run/portcullis/control.sock",
        "Where portcullis status and portcullis reload reach the daemon."),
    row(kDaemon, "user", text, "portcullis", "User that the daemon becomes when root starts it."),
    row(kDaemon, "state_dir", path, "/var/lib/portcullis",
        "Directory of what the daemon keeps over a restart."),
    number(kDaemon, "max_sessions", count, "8192", 1, 1'000'000, "sessions",
           "Milter sessions at once; one more is refused with 451."),
    one_of(kDaemon, "on_internal_error", "tempfail|accept", "tempfail",
           "What a client gets when the daemon fails."),
    one_of(kDaemon, "log", "auto|syslog|stderr", "auto",
           "Where to log: syslog has facility mail; auto is stderr on a terminal, else syslog."),
    number(kDaemon, "drain_timeout", duration, "5s", 0, kHour, {},
           "How long the daemon waits for open sessions when it is told to stop."),

    // One SMTP service of the MTA.
    one_of(kListener, "role", "inbound|outbound|submission", "inbound",
           "What the service is for: mail from others, from our own servers, or from our users."),
    without_value(row(kListener, "daemon_name", text, {},
                      "What the MTA calls the service in its macro {daemon_name}."),
                  "the name of the section"),
    by_mta(row(kListener, "address", addresses, "all",
               "Addresses of this host that the service listens on: all, loopback, or a list."),
           "services in master.cf; DAEMON_OPTIONS Addr="),
    by_mta(number(kListener, "port", port, "25", 1, 65535, {}, "Port that the service listens on."),
           "services in master.cf; DAEMON_OPTIONS Port="),
    by_mta(number(kListener, "implicit_tls_port", port_or_off, "off", 1, 65535, {},
                  "Second port, with TLS from the first byte, such as 465."),
           "smtpd_tls_wrappermode; DAEMON_OPTIONS M=s"),
    one_of(kListener, "default", "accept|deny", "accept",
           "What a client gets that no class names."),
    without_value(row(kListener, "reply", reply, {},
                      "SMTP reply to those whom default = deny denies: code, enhanced code, text."),
                  "554 5.7.1, or 421 4.7.1 with answer_at = drop"),
    one_of(kListener, "answer_at", "connect|helo|drop", "connect",
           "When a denied client is told: at CONNECT, at HELO with our text, or cut off with 421."),
    one_of(kListener, "mode", "enforce|observe", "enforce",
           "observe logs what would have been refused, and lets it through."),
    by_mta(number(kListener, "max_connections", count_or_unlimited, "unlimited", 1, kMaxCount,
                  "connections", "Connections at once to the service."),
           "process limit in master.cf; DAEMON_OPTIONS children=, both a little above it"),
    number(kListener, "max_connections_per_client", count_or_unlimited, "unlimited", 1, kMaxCount,
           "connections", "Connections at once from one client network."),
    number(kListener, "client_prefix_ipv4", prefix_length, "32", 1, 32, "bits",
           "Size of a client network in IPv4: 24 counts a /24 as one client."),
    number(kListener, "client_prefix_ipv6", prefix_length, "64", 1, 128, "bits",
           "Size of a client network in IPv6."),
    without_value(by_mta(number(kListener, "idle_timeout", duration, {}, 1, kDay, {},
                                "After how long a silent client is cut off."),
                         "smtpd_timeout; confTO_COMMAND"),
                  kMtaDecides),
    without_value(by_mta(one_of(kListener, "tls", "off|may|require", {},
                                "STARTTLS: not offered, offered, or demanded before mail."),
                         "smtpd_tls_security_level; DAEMON_OPTIONS M=S, ruleset Local_tls_client"),
                  kMtaDecides),
    without_value(by_mta(row(kListener, "certificate", certificates, {},
                             "Names of the [certificate NAME] sections that the service shows."),
                         "smtpd_tls_chain_files; confSERVER_CERT, ruleset tls_srv_features"),
                  "none"),
    without_value(by_mta(one_of(kListener, "client_certificate", "ignore|request|require", {},
                                "Whether clients are asked for a certificate of their own."),
                         "smtpd_tls_ask_ccert, smtpd_tls_req_ccert; ruleset Local_srv_features"),
                  kMtaDecides),
    without_value(by_mta(row(kListener, "client_ca", path, {},
                             "File of the authorities that certificates of clients come from."),
                         "smtpd_tls_CAfile; confCACERT"),
                  "none"),
    without_value(by_mta(row(kListener, "relay_networks", networks, {},
                             "Clients that may send to anyone. No class ever grants that."),
                         "mynetworks, smtpd_relay_restrictions; ruleset Local_Relay_Auth"),
                  kMtaDecides),

    // Clients that are treated alike.
    required(one_of(kClass, "action", "permit|deny|exempt", {},
                    "permit: may connect within the limits; deny: may not; exempt: no limits.")),
    required(row(kClass, "clients", clients, {},
                 "Entries: addresses, networks, ranges, host names, .domains, file:NAME.")),
    row(kClass, "listeners", names, "all", "Listeners where the class is in force."),
    without_value(
        row(kClass, "reply", reply, {}, "SMTP reply to the clients of a class that is denied."),
        "554 5.7.1, or 421 4.7.1 with answer_at = drop"),
    without_value(one_of(kClass, "answer_at", "connect|helo|drop", {},
                         "When a denied client of the class is told."),
                  "that of the listener"),
    one_of(kClass, "mode", "enforce|observe", "enforce",
           "observe logs what would have been refused, and lets it through."),
    number(kClass, "max_connections", count_or_unlimited, "unlimited", 1, kMaxCount, "connections",
           "Connections at once from all clients of the class, over all listeners."),
    without_value(
        number(kClass, "max_connections_per_client", count_or_unlimited, {}, 1, kMaxCount,
               "connections", "Connections at once from one client network of the class."),
        "that of the listener"),
    number(kClass, "reserved_connections", count, "0", 0, kMaxCount, "connections",
           "How many of a listener's max_connections are kept for the class."),
    without_value(row(kClass, "source", path, {},
                      "List that another program fetches: portcullis list refresh reads it."),
                  "none"),
    row(kClass, "format", text, "auto",
        "Format of the source; portcullis list formats names them."),
    without_value(row(kClass, "except", clients, {},
                      "Entries and file:NAME taken out of the source; a host name is not taken out "
                      "of a .domain."),
                  "nothing"),

    // What holds for the whole mail server.
    without_value(by_mta(row(kMta, "host_name", host_name, {},
                             "Name of this mail server, as it greets and says HELO."),
                         "myhostname; confDOMAIN_NAME"),
                  kMtaDecides),
    without_value(by_mta(row(kMta, "banner", phrase, {},
                             "What the greeting says behind the host name, such as ESMTP."),
                         "smtpd_banner; confSMTP_LOGIN_MSG"),
                  kMtaDecides),
    without_value(
        by_mta(row(kMta, "vrfy", boolean, {}, "Whether VRFY tells which addresses there are."),
               "disable_vrfy_command; confPRIVACY_FLAGS novrfy"),
        kMtaDecides),
    without_value(by_mta(number(kMta, "max_recipients", count, {}, 1, 1'000'000, "recipients",
                                "Recipients of one message; a client sends the rest separately."),
                         "smtpd_recipient_limit; confMAX_RCPTS_PER_MESSAGE"),
                  kMtaDecides),
    without_value(by_mta(number(kMta, "max_message_size", size, {}, 1024, kMaxCount, "bytes",
                                "Size of one message, headers and encoding included."),
                         "message_size_limit; confMAX_MESSAGE_SIZE"),
                  kMtaDecides),
    without_value(
        by_mta(one_of(kMta, "tls_profile", "modern|intermediate", {},
                      "modern: TLS 1.3 alone; intermediate: 1.2 with forward secrecy too."),
               "smtpd_tls_protocols, tls_high_cipherlist; CipherList, ServerSSLOptions"),
        kMtaDecides),
    without_value(by_mta(one_of(kMta, "unverified_clients", "accept|tempfail|reject", {},
                                "Clients whose address has no name that leads back to it."),
                         "reject_unknown_client_hostname; ruleset Local_check_relay"),
                  kMtaDecides),
    by_mta(number(kMta, "milter_timeout", duration, "30s", 1, kHour, {},
                  "How long the MTA waits for an answer of the milter."),
           "milter_command_timeout; INPUT_MAIL_FILTER T="),
    by_mta(one_of(kMta, "milter_down", "tempfail|reject|accept", "tempfail",
                  "What clients get while the milter is away. accept opens the door."),
           "milter_default_action; INPUT_MAIL_FILTER F="),

    // A certificate of this server, by name.
    required(by_mta(row(kCertificate, "certificate", path, {},
                        "PEM file of the certificate, its issuers behind it if there is no chain."),
                    "smtpd_tls_chain_files; confSERVER_CERT")),
    required(by_mta(row(kCertificate, "key", path, {}, "PEM file of its private key."),
                    "smtpd_tls_chain_files; confSERVER_KEY")),
    without_value(by_mta(row(kCertificate, "chain", path, {},
                             "PEM file of the issuers' certificates, which clients are sent too."),
                         "smtpd_tls_chain_files; confSERVER_CERT"),
                  "none"),
    without_value(row(kCertificate, "hosts", host_names, {},
                      "Names and addresses that the certificate must cover."),
                  "not checked"),

    // Mail that leaves this server.
    without_value(
        by_mta(one_of(kOutgoing, "tls", "off|may|require|verify", {},
                      "TLS to other servers; verify demands a certificate for their name."),
               "smtp_tls_security_level; rulesets Local_try_tls, Local_tls_server"),
        kMtaDecides),
    without_value(
        by_mta(row(kOutgoing, "ca", path, {}, "File of the authorities that verify trusts."),
               "smtp_tls_CAfile; confCACERT"),
        "those of the system"),
    without_value(by_mta(row(kOutgoing, "hosts", hosts, {},
                             "Hosts that take all mail for elsewhere, the first choice first."),
                         "relayhost; SMART_HOST"),
                  kMtaDecides),
    by_mta(row(kOutgoing, "mx_lookup", boolean, "no",
               "Whether MX records of these hosts' names are followed."),
           "relayhost, SMART_HOST without []"),

    // Mail for some domains, delivered to hosts of ours.
    required(by_mta(row(kRoute, "domains", domains, {},
                        "Mail domains; .example.com is every domain below example.com."),
                    "relay_domains, transport_maps; LOCAL_RULE_0, ruleset Local_check_rcpt")),
    required(by_mta(
        row(kRoute, "hosts", hosts, {}, "Hosts that take their mail, the first choice first."),
        "transport_maps; LOCAL_RULE_0")),
    by_mta(row(kRoute, "mx_lookup", boolean, "no",
               "Whether MX records of these hosts' names are followed."),
           "transport_maps, LOCAL_RULE_0 without []"),

    // How users of a submission listener prove who they are.
    required(by_mta(one_of(kAuthentication, "source", "sasldb|saslauthd|ldap|dovecot", {},
                           "Who knows the passwords; ldap asks a directory through saslauthd."),
                    "smtpd_sasl_type, smtpd.conf; Sendmail.conf")),
    without_value(by_mta(row(kAuthentication, "socket", path, {},
                             "Socket of saslauthd (its mux) or of Dovecot (auth-client)."),
                         "saslauthd_path, smtpd_sasl_path; saslauthd_path"),
                  "that of the Debian package"),
    without_value(by_mta(row(kAuthentication, "sasldb", path, {},
                             "Database that saslpasswd2 writes, of source = sasldb."),
                         "sasldb_path; sasldb_path"),
                  "/etc/sasldb2"),
    without_value(by_mta(row(kAuthentication, "ldap_uri", phrase, {},
                             "Directory servers, such as ldaps://ldap.example.com."),
                         "ldap_servers of saslauthd.conf"),
                  "none"),
    without_value(by_mta(row(kAuthentication, "ldap_base", phrase, {},
                             "Where the users are, such as ou=people,dc=example,dc=com."),
                         "ldap_search_base of saslauthd.conf"),
                  "none"),
    by_mta(row(kAuthentication, "ldap_filter", phrase, "uid=%U",
               "Which of them is meant: %u is the login, %U the part before @, %d the rest."),
           "ldap_filter of saslauthd.conf"),
    without_value(by_mta(row(kAuthentication, "ldap_bind_dn", phrase, {},
                             "As whom the directory is searched."),
                         "ldap_bind_dn of saslauthd.conf"),
                  "nobody"),
    without_value(by_mta(row(kAuthentication, "ldap_password_file", path, {},
                             "File whose first line is the password of ldap_bind_dn."),
                         "ldap_password of saslauthd.conf"),
                  "none"),
};

constexpr std::array kForms = {
    SectionForm{kDaemon, "daemon", false, {}, "What is fixed when the daemon starts."},
    SectionForm{kListener, "listener", true, "listeners",
                "One SMTP service of the MTA. There must be at least one."},
    SectionForm{kClass, "class", true, "classes", "Clients that are treated alike."},
    SectionForm{kMta,
                "mta",
                false,
                {},
                "What holds for the whole mail server. This section and those below are put into "
                "force by portcullis-generate(1), not by the daemon."},
    SectionForm{kCertificate, "certificate", true, "certificates",
                "A certificate of this mail server with its key."},
    SectionForm{kOutgoing, "outgoing", false, {}, "Mail that leaves this server."},
    SectionForm{kRoute, "route", true, "routes",
                "Mail for some domains, delivered to hosts of ours."},
    SectionForm{kAuthentication,
                "authentication",
                false,
                {},
                "How users of a submission listener prove who they are."},
};

}  // namespace

std::span<const Option> options() {
  return kOptions;
}

const Option* find_option(SectionKind section, std::string_view name) {
  const auto found = std::ranges::find_if(
      kOptions, [&](const Option& o) { return o.section == section && o.name == name; });
  return found == kOptions.end() ? nullptr : &*found;
}

std::vector<std::string_view> option_names(SectionKind section) {
  std::vector<std::string_view> names_of_section;
  for (const Option& option : kOptions) {
    if (option.section == section) names_of_section.push_back(option.name);
  }
  return names_of_section;
}

std::vector<std::string_view> split_words(const Option& option) {
  std::vector<std::string_view> words;
  std::string_view rest = option.words;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    words.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

std::span<const SectionForm> section_forms() {
  return kForms;
}

const SectionForm& section_form(SectionKind kind) {
  return *std::ranges::find(kForms, kind, &SectionForm::kind);
}

bool is_implied(const SectionForm& form) {
  return !form.named && std::ranges::none_of(kOptions, [&form](const Option& option) {
    return option.section == form.kind && option.required;
  });
}

const SectionForm* find_section_form(std::string_view word) {
  const auto found = std::ranges::find(kForms, word, &SectionForm::word);
  return found == kForms.end() ? nullptr : &*found;
}

std::string_view to_string(SectionKind kind) {
  return section_form(kind).word;
}

bool is_list(OptionType type) {
  return type == clients || type == addresses || type == names || type == certificates ||
         type == host_names || type == domains || type == networks || type == hosts;
}

std::string_view to_string(OptionType type) {
  switch (type) {
    case text:
      return "word";
    case path:
      return "path";
    case socket:
      return "socket";
    case boolean:
      return "yes|no";
    case count:
      return "number";
    case count_or_unlimited:
      return "number|unlimited";
    case duration:
      return "duration";
    case mode:
      return "octal mode";
    case choice:
      return "choice";
    case port:
      return "port";
    case port_or_off:
      return "port|off";
    case addresses:
      return "all|loopback|addresses";
    case prefix_length:
      return "bits";
    case reply:
      return "SMTP reply";
    case clients:
      return "entries";
    case names:
      return "all|names";
    case certificates:
      return "names";
    case size:
      return "size";
    case phrase:
      return "words";
    case host_name:
      return "host name";
    case host_names:
      return "host names";
    case domains:
      return "domains";
    case networks:
      return "networks";
    case hosts:
      return "hosts";
  }
  return "?";
}

}  // namespace portcullis
