#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/prefix_sets.h"

#include "formats/list_entry.h"

// Lists for tests of formats: what is written and read back has to name the same clients.
namespace portcullis::testing {

// What a list may hold: what the format under test can say.
struct RandomListKinds {
  bool ipv4 = true;
  bool ipv6 = true;
  bool ranges = true;
  bool names = true;
  bool senders = false;
  bool comments = true;
  bool expiries = true;
  bool actions = false;                  // permit and deny
  std::string_view not_in_comment = {};  // characters that the format cannot hold there
};

inline bool chance(unsigned percent, Random& random) {
  return below(100, random) < percent;
}

template <typename Choices>
const auto& one_of(const Choices& choices, Random& random) {
  return choices[below(std::size(choices), random)];
}

// Near few places, at both ends of each family too, so that entries meet, adjoin and overlap.
inline IpAddress random_listed_address(AddressFamily family, Random& random) {
  static const std::array<std::string_view, 5> kIpv4 = {"0.0.0.0", "10.0.0.0", "192.0.2.0",
                                                        "198.51.100.0", "255.255.255.255"};
  static const std::array<std::string_view, 5> kIpv6 = {
      "::", "2001:db8::", "2001:db8:ffff::", "fe80::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
  const bool ipv4 = family == AddressFamily::ipv4;
  const IpAddress place = *IpAddress::parse(one_of(ipv4 ? kIpv4 : kIpv6, random));
  const std::array<unsigned, 4> shared = {8, place.width() - 16, place.width() - 8,
                                          place.width() - 4};
  return random_address_near(place, one_of(shared, random), random);
}

// IPv6 clients with such an address do not exist: they are IPv4. Readers warn of it.
inline bool holds_mapped(const IpAddress& first, const IpAddress& last) {
  const auto mapped =
      IpAddress::from_bits(static_cast<AddressBits>(0xffff) << 32, AddressFamily::ipv6);
  return !first.is_ipv4() && first <= step(mapped, -1) && mapped <= last;
}

inline IpPrefix random_network(AddressFamily family, Random& random) {
  while (true) {
    const IpAddress address = random_listed_address(family, random);
    const unsigned width = address.width();
    const auto length = static_cast<unsigned>(
        chance(40, random) ? width : width - below(chance(80, random) ? 24 : width, random));
    const IpPrefix network(address, length);
    if (!holds_mapped(network.first(), network.last())) return network;
  }
}

inline AddressRange random_range(AddressFamily family, Random& random) {
  while (true) {
    IpAddress first = random_listed_address(family, random);
    const auto shared = static_cast<unsigned>(1 + below(first.width(), random));
    IpAddress last = random_address_near(first, shared, random);
    if (last < first) std::swap(first, last);
    if (!holds_mapped(first, last)) return {first, last};
  }
}

inline std::string random_host(Random& random) {
  static const std::array<std::string_view, 8> kLabels = {"mx",   "mail-2", "b",        "x9",
                                                          "spam", "a_b",    "xn--p1ai", "1and1"};
  static const std::array<std::string_view, 4> kDomains = {"example", "example.com", "test.example",
                                                           "invalid"};
  std::string host;
  for (std::size_t n = 1 + below(3, random); n > 0; --n) {
    host += one_of(kLabels, random);
    host += '.';
  }
  host += one_of(kDomains, random);
  return host;
}

inline ListedSender random_sender(Random& random) {
  static const std::array<std::string_view, 5> kUsers = {"a", "joe.user", "o'brien", "x+y=z",
                                                         "'x#/{}"};
  switch (below(3, random)) {
    case 0:
      return {"@*" + random_host(random)};
    case 1:
      return {"@" + random_host(random)};
    default:
      return {std::string(one_of(kUsers, random)) + "@" + random_host(random)};
  }
}

// Valid UTF-8, printable, no blank at its ends: what ListEntry::comment may be. Mostly what some
// format could take for its own.
inline std::string random_comment(std::string_view forbidden, Random& random) {
  static const std::array<std::string_view, 24> kPieces = {
      "abuse", "12", " ", "  ", "#", ";", "=", ",", "\"", "'", "\\",   "+",
      "-",     "@",  "{", "}",  "[", "]", ":", "/", "!",  "é", "日本", "expires=never"};
  std::string comment;
  for (std::size_t n = 1 + below(6, random); n > 0; --n) comment += one_of(kPieces, random);
  std::erase_if(comment, [&](char c) { return forbidden.find(c) != std::string_view::npos; });
  return std::string(trim(comment));
}

inline Listed random_listed(const RandomListKinds& kinds, Random& random) {
  AddressFamily family = random_family(random);
  if (!kinds.ipv4) family = AddressFamily::ipv6;
  if (!kinds.ipv6) family = AddressFamily::ipv4;
  const std::size_t kind = below(8, random);
  if (kind == 0 && kinds.ranges) return random_range(family, random);
  if (kind == 1 && kinds.senders) return random_sender(random);
  if (kind == 2 && kinds.names) {
    return ListedName{(chance(50, random) ? "." : "") + random_host(random)};
  }
  return random_network(family, random);
}

// `size` entries, of which some are there twice.
inline std::vector<ListEntry> random_list(const RandomListKinds& kinds, std::size_t size,
                                          Random& random) {
  std::vector<ListEntry> entries;
  while (entries.size() < size) {
    ListEntry entry;
    entry.listed = random_listed(kinds, random);
    if (kinds.comments && chance(50, random)) {
      entry.comment = random_comment(kinds.not_in_comment, random);
    }
    if (kinds.expiries && chance(30, random)) {  // years from 2026 to 2059
      entry.expires = Time(std::chrono::seconds(1'795'000'000 + below(1'000'000'000, random)));
    }
    if (kinds.actions) entry.action = chance(50, random) ? Action::permit : Action::deny;
    entries.push_back(entry);
    if (chance(10, random)) entries.push_back(std::move(entry));
  }
  return entries;
}

// The fewest networks that hold exactly the addresses of `ranges`: equal for equal sets.
inline std::vector<IpPrefix> minimal_networks(std::vector<AddressRange> ranges) {
  std::ranges::sort(ranges, {}, &AddressRange::first);
  std::vector<AddressRange> apart;
  for (const AddressRange& range : ranges) {
    const bool meets =
        !apart.empty() && apart.back().first.family() == range.first.family() &&
        (range.first <= apart.back().last || range.first == step(apart.back().last, 1));
    if (meets) {
      apart.back().last = std::max(apart.back().last, range.last);
    } else {
      apart.push_back(range);
    }
  }
  std::vector<IpPrefix> networks;
  for (const AddressRange& range : apart) {
    for (const IpPrefix& network : cover_range(range.first, range.last))
      networks.push_back(network);
  }
  return networks;
}

// The addresses that a list names, however its entries cut them up: compare with ==.
inline std::vector<IpPrefix> addresses_of(std::span<const ListEntry> entries) {
  std::vector<AddressRange> ranges;
  for (const ListEntry& entry : entries) {
    if (const auto* network = std::get_if<IpPrefix>(&entry.listed)) {
      ranges.push_back({network->first(), network->last()});
    } else if (const auto* range = std::get_if<AddressRange>(&entry.listed)) {
      ranges.push_back(*range);
    }
  }
  return minimal_networks(std::move(ranges));
}

// The host names and senders of a list, each once, in order.
inline std::vector<std::string> names_of(std::span<const ListEntry> entries) {
  std::vector<std::string> names;
  for (const ListEntry& entry : entries) {
    const bool name = std::holds_alternative<ListedName>(entry.listed) ||
                      std::holds_alternative<ListedSender>(entry.listed);
    if (name) names.push_back(to_string(entry.listed));
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace portcullis::testing
