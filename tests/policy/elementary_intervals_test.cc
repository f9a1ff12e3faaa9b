#include "policy/elementary_intervals.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/linear_scan.h"
#include "tests/support/prefix_sets.h"
#include "tests/support/seed.h"

namespace portcullis {

// For messages of GoogleTest.
void PrintTo(const Interval& interval, std::ostream* out) {
  *out << "up to " << IpAddress::from_bits(interval.last, AddressFamily::ipv6).to_string() << ": "
       << interval.outcome;
}

namespace {

using testing::below;
using testing::PrefixSet;
using testing::Random;

// 10.1.2.3 as the end of an interval: the bits beyond 32 are ones.
AddressBits end(std::uint32_t ipv4) {
  return IpAddress::from_ipv4(ipv4).bits() | ~prefix_mask(32);
}

IpPrefix network(std::uint32_t ipv4, unsigned length) {
  return {IpAddress::from_ipv4(ipv4), length};
}

constexpr AddressBits kEnd = ~static_cast<AddressBits>(0);

TEST(ElementaryIntervals, AreOneIntervalForNoPrefixes) {
  EXPECT_EQ(elementary_intervals({}), (std::vector<Interval>{{kEnd, kNoOutcome}}));
}

TEST(ElementaryIntervals, ResolveNestedPrefixes) {
  const PrefixSet set = {{network(0x0a000000, 8), 1}, {network(0x0a010000, 16), 2}};
  EXPECT_EQ(elementary_intervals(set), (std::vector<Interval>{{end(0x09ffffff), kNoOutcome},
                                                              {end(0x0a00ffff), 1},
                                                              {end(0x0a01ffff), 2},
                                                              {end(0x0affffff), 1},
                                                              {kEnd, kNoOutcome}}));
}

TEST(ElementaryIntervals, MergeNeighboursWithOneOutcome) {
  const PrefixSet set = {
      {network(0, 1), 1}, {network(0x0a000000, 8), 1}, {network(1U << 31, 1), 1}};
  EXPECT_EQ(elementary_intervals(set), (std::vector<Interval>{{kEnd, 1}}));
}

TEST(ElementaryIntervals, TakeTheLastOfEqualPrefixes) {
  const PrefixSet set = {
      {network(0, 0), 1}, {network(0, 0), 2}, {network(0, 1), 3}, {network(0, 1), 4}};
  EXPECT_EQ(elementary_intervals(set), (std::vector<Interval>{{end(0x7fffffff), 4}, {kEnd, 2}}));
}

TEST(ElementaryIntervals, HoldAChainOfEveryLength) {
  for (const AddressFamily family : {AddressFamily::ipv4, AddressFamily::ipv6}) {
    PrefixSet set;
    for (unsigned length = 0; length <= address_width(family); ++length) {
      set.push_back({IpPrefix(IpAddress::from_bits(0, family), length), length});
    }
    EXPECT_EQ(elementary_intervals(set).size(), address_width(family) + 1);
  }
}

PrefixSet random_set(AddressFamily family, Random& random) {
  PrefixSet set;
  IpAddress near = testing::random_address(family, random);
  for (std::size_t size = 1 + below(60, random); set.size() < size;) {
    const auto length = static_cast<unsigned>(below(near.width() + 1, random));
    set.push_back({IpPrefix(near, length), static_cast<Outcome>(below(3, random))});
    near = testing::random_address_near(near, length, random);
  }
  sort_by_prefix(set);
  return set;
}

TEST(ElementaryIntervals, AgreeWithLinearScan) {
  for (const std::uint64_t seed : testing::seeds()) {
    SCOPED_TRACE("PORTCULLIS_TEST_SEED=" + std::to_string(seed));
    Random random(seed);
    for (int round = 0; round < 3'000 && !HasFailure(); ++round) {
      const AddressFamily family = testing::random_family(random);
      const PrefixSet set = random_set(family, random);
      const AddressBits mask = prefix_mask(address_width(family));
      AddressBits first = 0;
      Outcome before = kNoOutcome;
      for (const Interval& interval : elementary_intervals(set)) {
        ASSERT_TRUE(first == 0 || interval.outcome != before) << "neighbours were not merged";
        for (const AddressBits bits : {first, interval.last & mask}) {
          const IpAddress probe = IpAddress::from_bits(bits, family);
          EXPECT_EQ(testing::linear_scan(set, probe), interval.outcome) << probe.to_string();
        }
        before = interval.outcome;
        first = interval.last + 1;
      }
      EXPECT_EQ(first, AddressBits{0}) << "the last interval ends with the address space";
    }
  }
}

bool same(const PrefixOutcome& a, const PrefixOutcome& b) {
  return a.prefix == b.prefix && a.outcome == b.outcome;
}

TEST(SortByPrefix, SortsAsAStableSortDoes) {
  for (const std::uint64_t seed : testing::seeds()) {
    Random random(seed);
    for (const std::size_t size : {0U, 1U, 2U, 100U, 4'095U, 4'096U, 60'000U}) {
      PrefixSet set;
      for (Outcome i = 0; i < size; ++i) {
        // Crowded, so that there are equal prefixes and full buckets.
        const AddressFamily family = testing::random_family(random);
        const AddressBits bits = static_cast<AddressBits>(random() % 5) << 112 |
                                 static_cast<AddressBits>(random() % 5'000) << 98;
        const auto length = 12 + static_cast<unsigned>(below(20, random));
        set.push_back({IpPrefix(IpAddress::from_bits(bits, family), length), i});
      }
      PrefixSet expected = set;
      std::ranges::stable_sort(expected, {}, &PrefixOutcome::prefix);
      sort_by_prefix(set);
      EXPECT_TRUE(std::ranges::equal(set, expected, same))
          << size << " entries, PORTCULLIS_TEST_SEED=" << seed;
    }
  }
}

}  // namespace
}  // namespace portcullis
