#include "bench/matcher/bench_table.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>

namespace portcullis::bench {
namespace {

constexpr std::size_t kRouteOutcomes = 200;
constexpr std::size_t kDenyOutcomes = 9;
constexpr std::size_t kDenyEntries = 643'741;  // as many as nine deny lists of 2026 have together

// The table of the file that `variable` names; none if the variable is not set.
std::vector<PrefixOutcome> from_file(const char* variable, std::size_t outcomes) {
  const char* path = std::getenv(variable);
  if (path == nullptr || *path == '\0') return {};
  Random random(kSeed);
  auto entries = read_table(path, outcomes, random);
  if (!entries.empty()) return entries;
  std::fprintf(stderr, "%s: no prefixes (%s)\n", path, variable);
  std::exit(EXIT_FAILURE);
}

}  // namespace

std::vector<PrefixOutcome> bgp4() {
  Random random(kSeed);
  auto entries = from_file("PORTCULLIS_BENCH_BGP4", kRouteOutcomes);
  if (entries.empty()) entries = bgp_like(AddressFamily::ipv4, 900'000, kRouteOutcomes, random);
  return entries;
}

std::vector<PrefixOutcome> deny4() {
  Random random(kSeed);
  auto entries = from_file("PORTCULLIS_BENCH_DENY4", kDenyOutcomes);
  if (entries.size() >= kDenyEntries) return entries;
  const std::size_t missing = kDenyEntries - entries.size();
  std::ranges::copy(deny_inside(bgp4(), missing, kDenyOutcomes, random),
                    std::back_inserter(entries));
  std::ranges::stable_sort(entries, {}, &PrefixOutcome::prefix);
  return entries;
}

std::vector<PrefixOutcome> bgp6() {
  Random random(kSeed);
  auto entries = from_file("PORTCULLIS_BENCH_BGP6", kRouteOutcomes);
  if (entries.empty()) entries = bgp_like(AddressFamily::ipv6, 160'000, kRouteOutcomes, random);
  return entries;
}

std::vector<PrefixOutcome> syn6() {
  Random random(kSeed);
  return deny_inside(bgp6(), 500'000, kDenyOutcomes, random);
}

std::vector<PrefixOutcome> with_one_outcome(std::vector<PrefixOutcome> entries) {
  for (PrefixOutcome& entry : entries) entry.outcome = 0;
  return entries;
}

std::vector<IpAddress> addresses_for(const std::vector<PrefixOutcome>& entries, Traffic traffic) {
  Random random(kSeed + 1);
  return sample(entries, traffic, kAddresses, random);
}

}  // namespace portcullis::bench
