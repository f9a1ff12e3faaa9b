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
    row(kListener, "address", addresses, "all",
        "Addresses of this host that the service listens on: all, loopback, or a list."),
    number(kListener, "port", port, "25", 1, 65535, {}, "Port that the service listens on."),
    number(kListener, "implicit_tls_port", port_or_off, "off", 1, 65535, {},
           "Second port, with TLS from the first byte, such as 465."),
    one_of(kListener, "default", "accept|deny", "accept",
           "What a client gets that no class names."),
    without_value(row(kListener, "reply", reply, {},
                      "SMTP reply to those whom default = deny denies: code, enhanced code, text."),
                  "554 5.7.1, or 421 4.7.1 with answer_at = drop"),
    one_of(kListener, "answer_at", "connect|helo|drop", "connect",
           "When a denied client is told: at CONNECT, at HELO with our text, or cut off with 421."),
    one_of(kListener, "mode", "enforce|observe", "enforce",
           "observe logs what would have been refused, and lets it through."),
    number(kListener, "max_connections", count_or_unlimited, "unlimited", 1, kMaxCount,
           "connections", "Connections at once to the service."),
    number(kListener, "max_connections_per_client", count_or_unlimited, "unlimited", 1, kMaxCount,
           "connections", "Connections at once from one client network."),
    number(kListener, "client_prefix_ipv4", prefix_length, "32", 1, 32, "bits",
           "Size of a client network in IPv4: 24 counts a /24 as one client."),
    number(kListener, "client_prefix_ipv6", prefix_length, "64", 1, 128, "bits",
           "Size of a client network in IPv6."),

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
                      "Entries and file:NAME that are taken out of the source."),
                  "nothing"),
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

std::string_view to_string(SectionKind kind) {
  switch (kind) {
    case SectionKind::daemon:
      return "daemon";
    case SectionKind::listener:
      return "listener";
    case SectionKind::client_class:
      return "class";
  }
  return "?";
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
  }
  return "?";
}

}  // namespace portcullis
