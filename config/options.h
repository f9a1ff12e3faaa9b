#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace portcullis {

enum class SectionKind : std::uint8_t { daemon, listener, client_class };

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
  names                // a list of section names, or "all"
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

// The option of this name in sections of this kind, or nullptr.
const Option* find_option(SectionKind section, std::string_view name);

// What a section of this kind may hold, in the order of the table.
std::vector<std::string_view> option_names(SectionKind section);

// The words of a choice.
std::vector<std::string_view> split_words(const Option& option);

// "daemon", "listener", "class": the first word of a section's title.
std::string_view to_string(SectionKind kind);

// How a value of the option is written, for people: "accept|deny", "duration", "1 to 65535".
std::string_view to_string(OptionType type);

}  // namespace portcullis
