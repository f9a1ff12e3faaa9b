#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "policy/prefix_outcome.h"

namespace portcullis::bench {

using Random = std::mt19937_64;

inline std::size_t below(std::size_t limit, Random& random) {
  return static_cast<std::size_t>(random() % limit);
}

inline IpAddress random_inside(const IpPrefix& prefix, Random& random) {
  const AddressBits bits = static_cast<AddressBits>(random()) << 64 | random();
  const AddressBits inside = bits & ~prefix_mask(prefix.length());
  return IpAddress::from_bits(
      (prefix.bits() | inside) & prefix_mask(address_width(prefix.family())), prefix.family());
}

inline IpPrefix inside(const IpPrefix& prefix, unsigned length, Random& random) {
  return {random_inside(prefix, random), length};
}

struct Share {
  unsigned length;
  unsigned percent;
};

// A length drawn by its share; the shares sum up to 100.
template <std::size_t n>
unsigned draw_length(const std::array<Share, n>& shares, Random& random) {
  auto point = static_cast<unsigned>(below(100, random));
  for (const Share& share : shares) {
    if (point < share.percent) return share.length;
    point -= share.percent;
  }
  return shares.back().length;
}

// Routes as in a full BGP table: allocations, most of them divided into runs of more-specifics.
// `shares` approximates the lengths that were announced in 2024.
template <std::size_t n>
void append_routes(std::vector<PrefixOutcome>& entries, std::size_t count, const IpPrefix& space,
                   unsigned allocation_length, const std::array<Share, n>& shares,
                   std::size_t outcomes, Random& random) {
  const std::size_t end = entries.size() + count;
  while (entries.size() < end) {
    const IpPrefix allocation = inside(space, allocation_length, random);
    entries.push_back({allocation, static_cast<Outcome>(below(outcomes, random))});
    for (std::size_t runs = below(6, random); runs > 0; --runs) {
      IpAddress next = random_inside(allocation, random);
      const unsigned length = draw_length(shares, random);
      for (std::size_t i = below(24, random); i > 0 && entries.size() < end; --i) {
        const IpPrefix route(next, length);
        entries.push_back({route, static_cast<Outcome>(below(outcomes, random))});
        const AddressBits size = ~prefix_mask(length) + 1;
        next = IpAddress::from_bits(route.bits() + size, route.family());
      }
    }
  }
}

inline std::vector<PrefixOutcome> bgp_like(AddressFamily family, std::size_t routes,
                                           std::size_t outcomes, Random& random) {
  constexpr std::array<Share, 7> kIpv4 = {
      {{24, 62}, {23, 10}, {22, 11}, {21, 5}, {20, 5}, {19, 4}, {18, 3}}};
  constexpr std::array<Share, 6> kIpv6 = {
      {{48, 60}, {44, 12}, {40, 12}, {36, 8}, {46, 5}, {34, 3}}};
  std::vector<PrefixOutcome> entries;
  if (family == AddressFamily::ipv4) {
    append_routes(entries, routes, IpPrefix(), 16, kIpv4, outcomes, random);
  } else {
    // Sixteen blocks in 2000::/3, as the registries hold them.
    for (unsigned block = 0; block < 16; ++block) {
      const AddressBits bits = static_cast<AddressBits>(0x2a00 + 0x100 * (block / 4) + block % 4)
                               << 112;
      const IpPrefix registry(IpAddress::from_bits(bits, AddressFamily::ipv6), 16);
      append_routes(entries, routes / 16, registry, 32, kIpv6, outcomes, random);
    }
  }
  std::ranges::stable_sort(entries, {}, &PrefixOutcome::prefix);
  return entries;
}

// Entries inside `routes`: up to `cluster` in one before the next is drawn.
template <std::size_t n>
void append_entries(std::vector<PrefixOutcome>& entries, std::size_t count,
                    const std::vector<PrefixOutcome>& routes, std::size_t cluster,
                    const std::array<Share, n>& shares, std::size_t outcomes, Random& random) {
  const std::size_t end = entries.size() + count;
  while (entries.size() < end) {
    const IpPrefix& route = routes[below(routes.size(), random)].prefix;
    for (std::size_t i = 1 + below(cluster, random); i > 0 && entries.size() < end; --i) {
      const unsigned length = std::max(draw_length(shares, random), route.length());
      entries.push_back(
          {inside(route, length, random), static_cast<Outcome>(below(outcomes, random))});
    }
  }
}

// Deny lists: nine in ten IPv4 entries are hosts, which cluster in networks, the others whole
// networks; of the IPv6 entries two in five are networks of a customer's size.
inline std::vector<PrefixOutcome> deny_inside(const std::vector<PrefixOutcome>& routes,
                                              std::size_t count, std::size_t outcomes,
                                              Random& random) {
  constexpr std::array<Share, 3> kIpv4 = {{{32, 91}, {24, 7}, {22, 2}}};
  constexpr std::array<Share, 4> kIpv6 = {{{128, 60}, {64, 25}, {56, 10}, {48, 5}}};
  std::vector<PrefixOutcome> entries;
  if (routes.front().prefix.family() == AddressFamily::ipv4) {
    append_entries(entries, count, routes, 40, kIpv4, outcomes, random);
  } else {
    append_entries(entries, count, routes, 8, kIpv6, outcomes, random);
  }
  std::ranges::stable_sort(entries, {}, &PrefixOutcome::prefix);
  return entries;
}

inline std::vector<PrefixOutcome> deny_like(AddressFamily family, std::size_t count,
                                            std::size_t outcomes, Random& random) {
  const std::vector<PrefixOutcome> routes =
      bgp_like(family, count / (family == AddressFamily::ipv4 ? 20 : 8) + 16, 1, random);
  return deny_inside(routes, count, outcomes, random);
}

// The entries of a file: one prefix at the start of each line; comments and what follows white
// space are ignored. They get outcomes at random.
inline std::vector<PrefixOutcome> read_table(const std::string& path, std::size_t outcomes,
                                             Random& random) {
  std::ifstream file(path);
  std::vector<PrefixOutcome> entries;
  for (std::string line; std::getline(file, line);) {
    line.resize(std::min(line.size(), line.find_first_of(" \t\r#")));
    const std::size_t slash = line.find('/');
    const auto address = IpAddress::parse(line.substr(0, slash));
    if (!address) continue;
    const auto length = slash == std::string::npos
                            ? address->width()
                            : static_cast<unsigned>(std::stoul(line.substr(slash + 1)));
    entries.push_back({IpPrefix(*address, length), static_cast<Outcome>(below(outcomes, random))});
  }
  std::ranges::stable_sort(entries, {}, &PrefixOutcome::prefix);
  return entries;
}

enum class Traffic { uniform, in_prefix, zipf };

inline std::string name_of(Traffic traffic) {
  return traffic == Traffic::uniform     ? "uniform"
         : traffic == Traffic::in_prefix ? "in_prefix"
                                         : "zipf";
}

// Addresses to look up: anywhere in the families of the table; in an entry, each as likely; or in
// entries of which few are frequent (rank r with a probability of about 1/r).
inline std::vector<IpAddress> sample(const std::vector<PrefixOutcome>& entries, Traffic traffic,
                                     std::size_t count, Random& random) {
  std::vector<IpPrefix> ranked;
  for (const PrefixOutcome& entry : entries) ranked.push_back(entry.prefix);
  std::ranges::shuffle(ranked, random);
  std::uniform_real_distribution<double> exponent(0, std::log(static_cast<double>(ranked.size())));
  std::vector<IpAddress> addresses;
  while (addresses.size() < count) {
    const IpPrefix& any = ranked[below(ranked.size(), random)];
    if (traffic == Traffic::uniform) {
      const IpPrefix all(any.first(), 0);
      addresses.push_back(random_inside(all, random));
    } else if (traffic == Traffic::in_prefix) {
      addresses.push_back(random_inside(any, random));
    } else {
      const auto rank = static_cast<std::size_t>(std::exp(exponent(random))) - 1;
      addresses.push_back(random_inside(ranked[rank], random));
    }
  }
  return addresses;
}

}  // namespace portcullis::bench
