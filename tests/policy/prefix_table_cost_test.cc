// What a PrefixTable costs, in figures that are the same on every machine: bytes, cache lines and
// allocations. No times. The bounds stand a little above what these tables take, so that a change
// that makes them worse is seen here.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#include <gtest/gtest.h>

#include "bench/matcher/sample_tables.h"
#include "policy/prefix_table.h"

// Counts what anything in this program allocates.
static std::atomic<std::uint64_t> allocations;

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
// std::stable_sort asks this way; what it gets comes back to the operator delete below.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace portcullis {
namespace {

using bench::Traffic;

constexpr std::uint64_t kSeed = 20261121;

struct Cost {
  double bytes_per_prefix = 0;
  double mean_lines = 0;
  unsigned most_lines = 0;
  std::uint64_t allocations = 0;
};

Cost cost_of(const std::vector<PrefixOutcome>& entries) {
  const PrefixTable table = PrefixTable::build(entries).value();
  bench::Random random(kSeed);
  const auto addresses = bench::sample(entries, Traffic::in_prefix, 50'000, random);
  Cost cost;
  cost.bytes_per_prefix =
      static_cast<double>(table.memory_bytes()) / static_cast<double>(entries.size());
  const std::uint64_t before = allocations;
  for (const IpAddress address : addresses) {
    EXPECT_NE(table.lookup(address), kNoOutcome);
    cost.mean_lines += table.cache_lines(address);
    cost.most_lines = std::max(cost.most_lines, table.cache_lines(address));
  }
  cost.allocations = allocations - before;
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
