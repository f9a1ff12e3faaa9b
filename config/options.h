#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace portcullis {

enum class SectionKind : std::uint8_t {
  daemon,
  listener,
  client_class,
  // What the MTA's configuration is made of: portcullis generate.
  mta,
  certificate,
  outgoing,
  route,
  authentication
};

// How the value of an option is written. The parsers are in config/value_text.h.
enum class OptionType : std::uint8_t {
  text,                // a word: a user, a group, a name
  path,                // absolute
  socket,              // unix:/path, inet:port@host, inet6:port@host
  boolean,             // yes, no
  count,               // a number
  count_or_unlimited,  // a number, or "unlimited"; 0 is an error
  duration,            // 30s, 5m, 1h, 2d
  mode,                // octal, as chmod(1) has it
  choice,              // one of the option's words
  port,                // 1 to 65535
  port_or_off,         // the same, or "off"
  addresses,           // all, loopback, or addresses
  prefix_length,       // bits of a network
  reply,               // an SMTP reply; goes on over indented lines
  clients,             // a list of entries and file:NAME; may be given again
  names,               // a list of names of listeners, or "all"
  certificates,        // a list of names of [certificate NAME] sections
  size,                // bytes, with K, M or G for 1024, 1024^2, 1024^3
  phrase,              // words of printable ASCII on one line
  host_name,           // a name of DNS
  host_names,          // a list of names of DNS and of addresses
  domains,             // a list of mail domains; .example.com is all below example.com
  networks,            // a list of addresses and networks
  hosts                // a list of HOST or HOST:PORT, the first choice first
};

enum class Reload : std::uint8_t {
  yes,             // a reload puts a new value into force
  restart_needed,  // fixed when the daemon starts
};

// One option of the policy file. This table is the only place that says what there is: the parser,
// `portcullis dump`, the table in portcullis.conf(5) and the sample file follow it.
struct Option {
  SectionKind section;
  std::string_view name;
  OptionType type;
  std::string_view default_value;  // as it would be written; empty: none
  std::string_view default_note;   // what holds without a value, where default_value cannot say it
  bool required;
  std::string_view words;  // of a choice: "accept|deny", in the order of the enumeration
  std::uint32_t minimum;   // of a number, or of a duration in seconds
  std::uint32_t maximum;
  std::string_view unit;
  Reload reload;
  std::string_view help;         // one line
  std::string_view mta_setting;  // what generated MTA configuration delivers it by; empty: nothing
};

std::span<const Option> options();

// One kind of section: how its title is written, and what it is about.
struct SectionForm {
  SectionKind kind{};
  std::string_view word;   // the first of the title: "listener"
  bool named = false;      // [listener NAME]; else there is one at most, which needs no name
  std::string_view group;  // what several of them are called in JSON: "listeners"
  std::string_view about;  // sentences for the manual page
};

// In the order in which documents name them.
std::span<const SectionForm> section_forms();
const SectionForm& section_form(SectionKind kind);
// True if such a section is there without being written, with the defaults of its options.
bool is_implied(const SectionForm& form);
// The kind whose title starts with this word, or nullptr.
const SectionForm* find_section_form(std::string_view word);

// The option of this name in sections of this kind, or nullptr.
const Option* find_option(SectionKind section, std::string_view name);

// What a section of this kind may hold, in the order of the table.
std::vector<std::string_view> option_names(SectionKind section);

// The words of a choice.
std::vector<std::string_view> split_words(const Option& option);

// "daemon", "listener", "class": the first word of a section's title.
std::string_view to_string(SectionKind kind);

// True for a type whose value is a list of items, separated by commas and line ends.
bool is_list(OptionType type);

// How a value of the option is written, for people: "accept|deny", "duration", "1 to 65535".
std::string_view to_string(OptionType type);

}  // namespace portcullis
