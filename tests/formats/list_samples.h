#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/support/prefix_sets.h"

#include "formats/list_entry.h"

namespace portcullis::testing {

// A network that often lies in, around or beside others of its kind.
inline IpPrefix random_network(Random& random) {
  const bool ipv4 = random() % 3 != 0;
  const IpAddress base = ipv4 ? *IpAddress::parse("10.32.64.128") : *IpAddress::parse("2001:db8::");
  const unsigned least = ipv4 ? 6 : 30;
  const auto length = least + static_cast<unsigned>(below(base.width() - least + 1, random));
  // Few bits differ, so that prefixes meet.
  AddressBits bits = base.bits();
  for (int flips = static_cast<int>(below(4, random)); flips > 0; --flips) {
    bits ^= static_cast<AddressBits>(1) << (127 - below(length, random));
  }
  return {IpAddress::from_bits(bits & prefix_mask(base.width()), base.family()), length};
}

inline ListEntry random_entry(Random& random) {
  ListEntry entry;
  const IpPrefix network = random_network(random);
  entry.listed = network;
  if (random() % 6 == 0 && network.length() > 16) {
    const IpAddress last = step(network.last(), static_cast<int>(below(9, random)));
    if (network.first() < last) entry.listed = AddressRange{network.first(), last};
  }
  if (random() % 2 == 0) entry.action = random() % 2 == 0 ? Action::permit : Action::deny;
  if (random() % 4 == 0) entry.comment = "why # " + std::to_string(random() % 1000);
  return entry;
}

inline std::vector<ListEntry> random_list(std::size_t size, Random& random) {
  std::vector<ListEntry> entries;
  for (std::size_t i = 0; i < size; ++i) entries.push_back(random_entry(random));
  return entries;
}

// What a list says of an address, by looking at every entry: the longest prefix, of equal ones
// permit before deny. Slow, and too short to be wrong.
inline std::optional<Action> said_of(std::span<const ListEntry> entries, IpAddress address,
                                     Action of_class) {
  std::optional<Action> action;
  unsigned longest = 0;
  for (const ListEntry& entry : entries) {
    for (const IpPrefix& network : networks_of(entry.listed)) {
      const Action own = entry.action.value_or(of_class);
      if (!network.contains(address) || (action && network.length() < longest)) continue;
      const bool equal = action && network.length() == longest;
      action = equal && *action != Action::deny ? *action : own;
      longest = network.length();
    }
  }
  return action;
}

// The first and last address of each network and those beside them, and a few others.
inline std::vector<IpAddress> telling_addresses(const std::vector<IpPrefix>& networks,
                                                std::size_t most, Random& random) {
  std::set<IpAddress> addresses;
  for (const IpPrefix& network : networks) {
    for (const IpAddress& edge : {network.first(), network.last()}) {
      for (const int steps : {-1, 0, 1}) addresses.insert(step(edge, steps));
    }
    addresses.insert(random_address_near(network.first(), network.length(), random));
  }
  std::vector<IpAddress> chosen(addresses.begin(), addresses.end());
  std::shuffle(chosen.begin(), chosen.end(), random);
  if (chosen.size() > most) chosen.resize(most);
  // IPv4-mapped addresses are no IPv6 clients.
  std::erase_if(chosen, [](const IpAddress& address) {
    return !address.is_ipv4() && address.bits() >> 32 == 0xffff;
  });
  return chosen;
}

inline std::vector<IpPrefix> networks_of_all(std::span<const ListEntry> entries) {
  std::vector<IpPrefix> networks;
  for (const ListEntry& entry : entries) {
    for (const IpPrefix& network : networks_of(entry.listed)) networks.push_back(network);
  }
  return networks;
}

}  // namespace portcullis::testing
