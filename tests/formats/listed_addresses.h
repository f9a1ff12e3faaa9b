#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tests/support/prefix_sets.h"

#include "formats/list_entry.h"

namespace portcullis::testing {

// An entry that says nothing but whom it names.
inline ListEntry bare_entry(Listed listed) {
  ListEntry entry;
  entry.listed = std::move(listed);
  return entry;
}

// Random networks and ranges of both families, close enough together to overlap, some of them with
// an expiry (whole hours after `now`), a comment, or the other action than `action`.
inline std::vector<ListEntry> random_entries(std::size_t count, Action action, Time now,
                                             Random& random) {
  const Action other = action == Action::permit ? Action::deny : Action::permit;
  std::vector<ListEntry> entries;
  while (entries.size() < count) {
    const AddressFamily family = random_family(random);
    const AddressBits base = family == AddressFamily::ipv4
                                 ? static_cast<AddressBits>(0xc6336000) << 96
                                 : static_cast<AddressBits>(0x20010db8) << 96;
    const unsigned width = address_width(family);
    const IpAddress near = IpAddress::from_bits(base, family);
    const IpAddress address = random_address_near(near, width - 12, random);
    ListEntry entry;
    entry.listed = IpPrefix(address, width - static_cast<unsigned>(below(13, random)));
    if (below(5, random) == 0) {
      const IpAddress second = random_address_near(address, width - 8, random);
      entry.listed = AddressRange{std::min(address, second), std::max(address, second)};
    }
    if (below(6, random) == 0) entry.action = other;
    if (below(3, random) == 0) entry.expires = now + std::chrono::hours(1 + below(500, random));
    if (below(2, random) == 0) entry.comment = fmt::format("case {}", below(1000, random));
    entries.push_back(std::move(entry));
  }
  return entries;
}

// Whether and until when a list has an address in the set of `action`, by looking at every entry:
// the longest prefix decides, permit beats deny, an exception counts for good, and of the entries
// up to the first exception the one that lasts longest holds.
struct Listing {
  bool listed = false;
  std::optional<Time> expires;
  friend bool operator==(const Listing&, const Listing&) = default;
};
inline Listing listing_of(std::span<const ListEntry> entries, IpAddress address, Action action) {
  struct Around {
    unsigned length;
    Action action;
    std::optional<Time> expires;
  };
  std::vector<Around> around;
  for (const ListEntry& entry : entries) {
    for (const IpPrefix& network : networks_of(entry.listed)) {
      if (!network.contains(address)) continue;
      around.push_back({network.length(), entry.action.value_or(action), entry.expires});
    }
  }
  std::ranges::sort(around, [](const Around& a, const Around& b) {
    if (a.length != b.length) return a.length > b.length;
    return a.action == Action::permit && b.action != Action::permit;
  });
  Listing listing;
  for (const Around& one : around) {
    if (one.action != action) break;
    const bool longer = !one.expires || (listing.expires && *one.expires > *listing.expires);
    if (!listing.listed || (listing.expires && longer)) listing.expires = one.expires;
    listing.listed = true;
  }
  return listing;
}

// Where what a list says can change: the ends of every entry, and the addresses beside them.
inline std::vector<IpAddress> places_of(std::span<const ListEntry> entries) {
  std::vector<IpAddress> places;
  for (const ListEntry& entry : entries) {
    for (const IpPrefix& network : networks_of(entry.listed)) {
      for (const IpAddress end : {network.first(), network.last()}) {
        for (const int steps : {-1, 0, 1}) places.push_back(step(end, steps));
      }
    }
  }
  std::ranges::sort(places);
  const auto repeated = std::ranges::unique(places);
  places.erase(repeated.begin(), repeated.end());
  return places;
}

}  // namespace portcullis::testing
