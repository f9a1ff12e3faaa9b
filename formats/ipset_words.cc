#include "formats/ipset_words.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "formats/ipset.h"

namespace portcullis {
namespace {

// Words that mean nothing to us, and how many follow them.
struct PassedOver {
  std::string_view word;
  std::size_t values;
};
constexpr std::array kOfCreate = {
    PassedOver{"hashsize", 1}, PassedOver{"maxelem", 1}, PassedOver{"bucketsize", 1},
    PassedOver{"initval", 1},  PassedOver{"range", 1},   PassedOver{"counters", 0},
    PassedOver{"comment", 0},  PassedOver{"skbinfo", 0}, PassedOver{"forceadd", 0},
    PassedOver{"-exist", 0},   PassedOver{"-!", 0},
};
constexpr std::array kOfAdd = {
    PassedOver{"packets", 1}, PassedOver{"bytes", 1},    PassedOver{"skbmark", 1},
    PassedOver{"skbprio", 1}, PassedOver{"skbqueue", 1}, PassedOver{"-exist", 0},
    PassedOver{"-!", 0},
};

using Words = std::vector<std::string>;

tl::unexpected<Problem> failure(std::string reason, std::string repair = {}) {
  return tl::unexpected(Problem{std::move(reason), std::move(repair)});
}

// The value behind words[at], a number of at most `most`.
tl::expected<std::uint64_t, Problem> number_behind(const Words& words, std::size_t at,
                                                   std::uint64_t most) {
  if (at + 1 >= words.size()) return failure(fmt::format("has no number behind {}", words[at]));
  const std::string& text = words[at + 1];
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || value > most) {
    return failure(fmt::format("has a {} that is no number up to {}: {}", words[at], most, text));
  }
  return value;
}

// How many words there are to skip at words[at]; nothing if it is not in the table or its value is
// missing.
std::optional<std::size_t> pass_over(std::span<const PassedOver> table, const Words& words,
                                     std::size_t at) {
  const auto found = std::ranges::find(table, words[at], &PassedOver::word);
  if (found == table.end() || at + found->values >= words.size()) return {};
  return found->values;
}

tl::unexpected<Problem> unknown(const std::string& word) {
  return failure(fmt::format("has an option that is not known here: {}", word),
                 "save the set with ipset 7, or leave the option out");
}

}  // namespace

tl::expected<Words, Problem> split_ipset_words(std::string_view line) {
  Words words;
  bool quoted = false;
  bool in_word = false;
  for (const char c : line) {
    if (!quoted && (c == ' ' || c == '\t')) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == '"') {
      quoted = !quoted;
    } else {
      words.back() += c;
    }
  }
  if (quoted) return failure("has a quotation mark without its fellow");
  return words;
}

tl::expected<IpsetCreate, Problem> parse_ipset_create(const Words& words) {
  IpsetCreate create;
  create.type = words[2];
  for (std::size_t at = 3; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (word == "family" && at + 1 < words.size()) {
      const std::string& family = words[++at];
      if (family != "inet" && family != "inet6") {
        return failure(fmt::format("has an unknown family: {}", family), "known: inet, inet6");
      }
      create.family = family == "inet" ? AddressFamily::ipv4 : AddressFamily::ipv6;
    } else if (word == "timeout") {
      const auto timeout = number_behind(words, at++, kIpsetMaxTimeout);
      if (!timeout) return tl::unexpected(timeout.error());
      create.timeout = *timeout;
    } else if (word == "netmask") {
      const auto netmask = number_behind(words, at++, 128);
      if (!netmask) return tl::unexpected(netmask.error());
      create.netmask = static_cast<unsigned>(*netmask);
    } else if (const auto skip = pass_over(kOfCreate, words, at)) {
      at += *skip;
    } else {
      return unknown(word);
    }
  }
  if (create.netmask && (*create.netmask == 0 || *create.netmask > address_width(create.family))) {
    return failure(fmt::format("has a netmask that is not of its family: {}", *create.netmask));
  }
  return create;
}

tl::expected<IpsetAdd, Problem> parse_ipset_add(const Words& words) {
  IpsetAdd add;
  for (std::size_t at = 3; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (word == "nomatch") {
      add.nomatch = true;
    } else if (word == "timeout") {
      const auto timeout = number_behind(words, at++, kIpsetMaxTimeout);
      if (!timeout) return tl::unexpected(timeout.error());
      add.timeout = *timeout;
    } else if (word == "comment" && at + 1 < words.size()) {
      add.comment = words[++at];
    } else if (const auto skip = pass_over(kOfAdd, words, at)) {
      at += *skip;
    } else {
      return unknown(word);
    }
  }
  return add;
}

}  // namespace portcullis
