// What a PrefixTable costs, in figures that are the same on every machine: bytes, cache lines and
// allocations. No times. The bounds stand a little above what these tables take, so that a change
// that makes them worse is seen here.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bench/matcher/sample_tables.h"
#include "policy/prefix_table.h"
#include "tests/support/counted_allocations.h"

namespace portcullis {
namespace {

using bench::Traffic;

constexpr std::uint64_t kSeed = 20261121;

struct Cost {
  double bytes_per_prefix = 0;
  double mean_lines = 0;
  unsigned most_lines = 0;
  unsigned misses = 0;
  std::uint64_t allocations = 0;
};

Cost cost_of(const std::vector<PrefixOutcome>& entries) {
  const PrefixTable table = PrefixTable::build(entries).value();
  bench::Random random(kSeed);
  const auto addresses = bench::sample(entries, Traffic::in_prefix, 50'000, random);
  Cost cost;
  cost.bytes_per_prefix =
      static_cast<double>(table.memory_bytes()) / static_cast<double>(entries.size());
  const auto anywhere = bench::sample(entries, Traffic::uniform, 50'000, random);
  const std::uint64_t before = testing::allocations();
  EXPECT_GT(before, 0U);  // it counts
  for (const IpAddress address : addresses) {
    EXPECT_NE(table.lookup(address), kNoOutcome);
    cost.mean_lines += table.cache_lines(address);
    cost.most_lines = std::max(cost.most_lines, table.cache_lines(address));
  }
  for (const IpAddress address : anywhere) {
    cost.most_lines = std::max(cost.most_lines, table.cache_lines(address));
    if (table.lookup(address) == kNoOutcome) ++cost.misses;
  }
  cost.allocations = testing::allocations() - before;
  EXPECT_GT(cost.misses, 0U);
  cost.mean_lines /= static_cast<double>(addresses.size());
  ::testing::Test::RecordProperty("bytes_per_prefix", std::to_string(cost.bytes_per_prefix));
  ::testing::Test::RecordProperty("mean_lines", std::to_string(cost.mean_lines));
  ::testing::Test::RecordProperty("most_lines", std::to_string(cost.most_lines));
  return cost;
}

TEST(PrefixTableCost, Ipv4Routes) {
  bench::Random random(kSeed);
  const Cost cost = cost_of(bench::bgp_like(AddressFamily::ipv4, 200'000, 200, random));
  EXPECT_LE(cost.bytes_per_prefix, 5.2);
  EXPECT_LE(cost.mean_lines, 2.9);
  EXPECT_LE(cost.most_lines, 5U);
  EXPECT_EQ(cost.allocations, 0U);
}

// Neighbours with one outcome are one range.
TEST(PrefixTableCost, Ipv4RoutesWithOneOutcome) {
  bench::Random random(kSeed);
  const Cost cost = cost_of(bench::bgp_like(AddressFamily::ipv4, 200'000, 1, random));
  EXPECT_LE(cost.bytes_per_prefix, 1.5);
  EXPECT_LE(cost.most_lines, 5U);
  EXPECT_EQ(cost.allocations, 0U);
}

TEST(PrefixTableCost, Ipv4DenyList) {
  bench::Random random(kSeed);
  const Cost cost = cost_of(bench::deny_like(AddressFamily::ipv4, 200'000, 9, random));
  EXPECT_LE(cost.bytes_per_prefix, 5.9);
  EXPECT_LE(cost.mean_lines, 3.9);
  EXPECT_LE(cost.most_lines, 5U);
  EXPECT_EQ(cost.allocations, 0U);
}

TEST(PrefixTableCost, Ipv6Routes) {
  bench::Random random(kSeed);
  const Cost cost = cost_of(bench::bgp_like(AddressFamily::ipv6, 100'000, 200, random));
  EXPECT_LE(cost.bytes_per_prefix, 8.5);
  EXPECT_LE(cost.mean_lines, 4.0);
  EXPECT_LE(cost.most_lines, 4U);
  EXPECT_EQ(cost.allocations, 0U);
}

TEST(PrefixTableCost, Ipv6DenyList) {
  bench::Random random(kSeed);
  const Cost cost = cost_of(bench::deny_like(AddressFamily::ipv6, 100'000, 9, random));
  EXPECT_LE(cost.bytes_per_prefix, 34.0);
  EXPECT_LE(cost.mean_lines, 5.7);
  EXPECT_LE(cost.most_lines, 6U);
  EXPECT_EQ(cost.allocations, 0U);
}

}  // namespace
}  // namespace portcullis
