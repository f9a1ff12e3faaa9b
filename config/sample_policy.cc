#include "config/sample_policy.h"

#include <algorithm>

#include <fmt/format.h>

#include "config/options.h"

namespace portcullis {
namespace {

struct SampleSetting {
  std::string_view option;
  std::string_view value;
};

struct SampleSection {
  SectionKind kind;
  std::string_view name;
  std::string_view about;
  std::vector<SampleSetting> settings;
  bool all_options;        // the first of its kind shows what there is
  bool commented = false;  // shown, but not in force
};

constexpr std::string_view kHead =
    "# The policy of Portcullis: who may connect to this mail server, and how often at once.\n"
    "# Check it with \"portcullis check\"; put it into force with \"portcullis reload\".\n"
    "#\n"
    "# A comment has a line of its own, or follows a value after \" ;\". An indented line "
    "continues\n"
    "# the list above. What is commented out below shows the default.\n";

// What the daemon does.
std::vector<SampleSection> daemon_sections() {
  return {
      {SectionKind::daemon,
       {},
       "Fixed when the daemon starts: a change needs a restart.",
       {},
       true},
      {SectionKind::listener,
       "inbound",
       "One section for each SMTP service of the MTA.",
       {{"role", "inbound"},
        {"port", "25"},
        {"default", "accept"},
        {"max_connections_per_client", "20"}},
       true},
      {SectionKind::client_class,
       "blocked",
       "Clients that are treated alike. Of several networks that hold a client the smallest "
       "decides;\n"
       "# an exempt class beats them all. This one is the deny list.",
       {{"action", "deny"},
        {"clients",
         "file:blocked.list\n    192.0.2.0/24 ; an entry may stand here as well\n"
         "    .spam.example"},
        {"reply", "554 5.7.1 Access denied, see https://example.com/blocked"}},
       true},
      {SectionKind::client_class,
       "partners",
       "Clients that may connect, with limits of their own.",
       {{"action", "permit"},
        {"clients", "file:partners.list"},
        {"max_connections", "50"},
        {"max_connections_per_client", "10"}},
       false},
      {SectionKind::client_class,
       "internal",
       "Clients without any limit.",
       {{"action", "exempt"}, {"clients", "127.0.0.0/8, ::1, 10.0.0.0/8"}},
       false},
  };
}

// What the MTA does.
std::vector<SampleSection> mta_sections() {
  return {
      {SectionKind::mta,
       {},
       "What the host MTA's own configuration says; portcullis generate writes it. Without a "
       "value\n"
       "# the MTA keeps what it has.",
       {},
       true},
      {SectionKind::certificate,
       "mx1",
       "A certificate, for certificate = mx1 in a listener.",
       {{"certificate", "/etc/portcullis/tls/mx1.pem"}, {"key", "/etc/portcullis/tls/mx1.key"}},
       true,
       true},
      {SectionKind::outgoing, {}, "Mail that leaves this server.", {}, true},
      {SectionKind::route,
       "internal",
       "Mail for domains of ours, delivered to hosts of ours.",
       {{"domains", "example.com, .example.com"}, {"hosts", "192.0.2.10, 192.0.2.11:2525"}},
       true,
       true},
      {SectionKind::authentication,
       {},
       "How users of a listener with role = submission prove who they are.",
       {{"source", "ldap"}},
       true,
       true},
  };
}

// "number or unlimited".
std::string how_written(const Option& option) {
  std::string words(option.type == OptionType::choice ? option.words : to_string(option.type));
  for (std::size_t bar = 0; (bar = words.find('|', bar)) != std::string::npos;) {
    words.replace(bar, 1, " or ");
  }
  return words;
}

std::string default_of(const Option& option) {
  if (option.required) return "must be given";
  return fmt::format("default: {}",
                     option.default_value.empty() ? option.default_note : option.default_value);
}

const SampleSetting* find_setting(const SampleSection& section, std::string_view option) {
  const auto found = std::ranges::find(section.settings, option, &SampleSetting::option);
  return found == section.settings.end() ? nullptr : &*found;
}

// Help, default, and the setting: as it is in the sample, or commented out.
std::string render_option(const SampleSection& section, const Option& option) {
  std::string out = fmt::format("\n# {}\n# Value: {}; {}\n", option.help, how_written(option),
                                default_of(option));
  if (const SampleSetting* setting = find_setting(section, option.name)) {
    return out +
           fmt::format("{}{} = {}\n", section.commented ? ";" : "", option.name, setting->value);
  }
  const std::string_view value = option.default_value;
  return out + fmt::format(";{} ={}{}\n", option.name, value.empty() ? "" : " ", value);
}

std::string render_section(const SampleSection& section) {
  std::string out =
      fmt::format("\n# {}\n{}[{}{}{}]\n", section.about, section.commented ? ";" : "",
                  to_string(section.kind), section.name.empty() ? "" : " ", section.name);
  if (!section.all_options) {
    for (const auto& [option, value] : section.settings) {
      out += fmt::format("{} = {}\n", option, value);
    }
    return out;
  }
  for (const Option& option : options()) {
    if (option.section == section.kind) out += render_option(section, option);
  }
  return out;
}

}  // namespace

std::string render_sample_policy() {
  std::string out(kHead);
  for (const SampleSection& section : daemon_sections()) out += render_section(section);
  for (const SampleSection& section : mta_sections()) out += render_section(section);
  return out;
}

std::vector<SampleList> sample_lists() {
  return {
      {"blocked.list",
       "# Clients that may not connect: an address, a network, a range or a host name on a line.\n"
       "# 198.51.100.7 expires=2027-01-31T00:00:00Z   ; a comment\n"},
      {"partners.list", "# Clients that may connect, with limits of their own.\n"},
  };
}

}  // namespace portcullis
