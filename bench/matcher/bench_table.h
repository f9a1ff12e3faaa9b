#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/matcher/matcher.h"
#include "bench/matcher/sample_tables.h"

namespace portcullis::bench {

inline constexpr std::uint64_t kSeed = 20'240'601;
inline constexpr std::size_t kAddresses = std::size_t{1} << 18;

// The tables that the targets speak of, each of one family, sorted. Read from the file that the
// environment variable names, otherwise made from the seed in the same shape:
//   bgp4   PORTCULLIS_BENCH_BGP4   routes, 200 outcomes
//   deny4  PORTCULLIS_BENCH_DENY4  a host-heavy deny list, 9 outcomes; a shorter file is filled up
//   to
//                                  643,741 entries with hosts and networks in the routes of bgp4
//   bgp6   PORTCULLIS_BENCH_BGP6   routes, 200 outcomes
//   syn6   500,000 hosts, /64s, /56s and /48s inside the routes of bgp6, 9 outcomes
std::vector<PrefixOutcome> bgp4();
std::vector<PrefixOutcome> deny4();
std::vector<PrefixOutcome> bgp6();
std::vector<PrefixOutcome> syn6();

// The same entries, all with one outcome.
std::vector<PrefixOutcome> with_one_outcome(std::vector<PrefixOutcome> entries);

// Addresses to ask `entries` for, always the same.
std::vector<IpAddress> addresses_for(const std::vector<PrefixOutcome>& entries, Traffic traffic);

}  // namespace portcullis::bench
