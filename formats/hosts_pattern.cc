#include "formats/hosts_pattern.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "formats/letters.h"
#include "formats/networks_only.h"
#include "formats/sendmail_address.h"

namespace portcullis {
namespace {

using Result = tl::expected<HostsPattern, Problem>;

Result refuse(std::string_view reason, std::string_view repair = {}) {
  return tl::unexpected(Problem{std::string(reason), std::string(repair)});
}

struct Wildcard {
  std::string_view word;
  std::string_view reason;
  std::string_view repair;
};

constexpr std::array kWildcards = {
    Wildcard{"ALL", "is everyone: an entry that covers every address is no entry",
             "set default = accept or default = deny of the listener"},
    Wildcard{"LOCAL", "is every host whose name has no dot: such a name is not verified",
             "write the networks of these hosts"},
    Wildcard{"KNOWN", "is every client with a host name: a list has no entry for that",
             "write the networks or domains that are meant"},
    Wildcard{"UNKNOWN", "is every client without a host name: a list has no entry for that",
             "leave it to the MTA, which can refuse unknown clients"},
    Wildcard{"PARANOID",
             "is every client whose name does not match its address: a list has no "
             "entry for that",
             "leave it to the MTA; here only verified names count"},
};

// "192.0.2.", one to three octets.
Result parse_octets(std::string_view text) {
  const auto parsed = parse_sendmail_address(text.substr(0, text.size() - 1));
  if (parsed && !parsed->network.is_host()) return HostsPattern{parsed->network, {}};
  return refuse("is no start of an address: one to three octets, each with a dot behind it",
                "write 192.0.2. or 192.0.2.0/24, say");
}

// What is neither an address nor a name, if it is that.
std::optional<Problem> foreign(std::string_view text) {
  for (const Wildcard& wildcard : kWildcards) {
    if (same_word(text, wildcard.word)) {
      return Problem{std::string(wildcard.reason), std::string(wildcard.repair)};
    }
  }
  if (text.starts_with('/')) {
    return Problem{"is a file of patterns, which is not read", "import that file for itself"};
  }
  if (text.starts_with('@')) {
    return Problem{"is a netgroup", "write the networks of its hosts"};
  }
  if (text.find('@') != std::string_view::npos) {
    return Problem{"asks for the user on the client's side", "write the host alone"};
  }
  if (text.find_first_of("*?") != std::string_view::npos) {
    return Problem{"has a wildcard", "write .example.com, or a network with its length"};
  }
  return {};
}

Result parse_entry_text(std::string_view text) {
  const std::string bare = without_brackets(text);
  auto entry = parse_entry(bare);
  if (!entry) return tl::unexpected(std::move(entry.error()));
  if (std::holds_alternative<AddressRange>(entry->names)) {
    return refuse("is a range: TCP wrappers takes it for a host name", networks_repair(*entry));
  }
  HostsPattern pattern{make_entry({{}, *entry, {}}).listed, std::move(entry->warning)};
  if (text.starts_with('.')) {
    pattern.warning = Problem{
        fmt::format("holds the names below {0} and not {0} itself: read as both", bare.substr(1)),
        {}};
  }
  return pattern;
}

}  // namespace

Result parse_hosts_pattern(std::string_view text) {
  if (auto problem = foreign(text)) return tl::unexpected(*std::move(problem));
  const bool octets = std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
  if (octets && text.ends_with('.')) return parse_octets(text);
  return parse_entry_text(text);
}

}  // namespace portcullis
