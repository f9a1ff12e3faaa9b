#include "policy/prefix_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "policy/elementary_intervals.h"
#include "tests/support/linear_scan.h"
#include "tests/support/prefix_sets.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

using testing::below;
using testing::linear_scan;
using testing::PrefixSet;
using testing::Random;
using testing::random_address;
using testing::random_address_near;
using testing::random_family;
using testing::random_outcome;
using testing::step;

IpPrefix prefix(const std::string& text) {
  const std::size_t slash = text.find('/');
  const IpAddress address = IpAddress::parse(text.substr(0, slash)).value();
  if (slash == std::string::npos) return IpPrefix::host(address);
  return {address, static_cast<unsigned>(std::stoul(text.substr(slash + 1)))};
}

IpAddress address(const std::string& text) {
  return IpAddress::parse(text).value();
}

PrefixTable build(PrefixSet set) {
  return PrefixTable::build(std::move(set)).value();
}

// How the outcomes of a generated set are drawn.
struct Outcomes {
  std::size_t count = 3;
  bool far_apart = false;

  Outcome draw(Random& random) const { return random_outcome(count, far_apart, random); }
};

Outcomes random_outcomes(Random& random) {
  constexpr std::array<std::size_t, 7> kCounts = {1, 2, 3, 9, 200, 300, 70'000};
  return {kCounts[below(kCounts.size(), random)], random() % 2 == 0};
}

// Prefixes of any length, half of them inside or around earlier ones.
PrefixSet random_set(std::size_t size, Random& random) {
  const Outcomes outcomes = random_outcomes(random);
  PrefixSet set;
  while (set.size() < size) {
    const AddressFamily family = random_family(random);
    const auto length = static_cast<unsigned>(below(address_width(family) + 1, random));
    IpAddress near = random_address(family, random);
    if (!set.empty() && random() % 2 == 0) {
      const IpPrefix earlier = set[below(set.size(), random)].prefix;
      if (earlier.family() == family) {
        near = random_address_near(earlier.first(), earlier.length(), random);
      }
    }
    set.push_back({IpPrefix(near, length), outcomes.draw(random)});
  }
  return set;
}

// One prefix of every length, each inside the one before: as many open prefixes as there can be.
PrefixSet nested_chain(AddressFamily family, Random& random) {
  const Outcomes outcomes = random_outcomes(random);
  const IpAddress end = random_address(family, random);
  PrefixSet set;
  for (unsigned length = 0; length <= end.width(); ++length) {
    set.push_back({IpPrefix(end, length), outcomes.draw(random)});
  }
  std::shuffle(set.begin(), set.end(), random);
  return set;
}

// `count` hosts in a row, with gaps or without: adjacent ranges that merge, or do not.
PrefixSet dense_hosts(AddressFamily family, std::size_t count, Random& random) {
  const Outcomes outcomes = random_outcomes(random);
  const auto stride = static_cast<int>(1 + below(3, random));
  IpAddress host = random_address(family, random);
  PrefixSet set;
  for (std::size_t i = 0; i < count; ++i) {
    set.push_back({IpPrefix::host(host), outcomes.draw(random)});
    host = step(host, stride);
  }
  return set;
}

// Adjacent networks of one length, aligned: a full level of a trie.
PrefixSet adjacent_networks(AddressFamily family, Random& random) {
  const Outcomes outcomes = random_outcomes(random);
  const IpAddress start = random_address(family, random);
  const unsigned width = start.width();
  const auto length = 1 + static_cast<unsigned>(below(width, random));
  IpPrefix network(start, length);
  PrefixSet set;
  for (int i = 0; i < 300; ++i) {
    set.push_back({network, outcomes.draw(random)});
    network = IpPrefix(step(network.last(), 1), length);
  }
  return set;
}

// Hosts that differ in one bit each from one address: every window has to be as wide as it gets.
PrefixSet spread_bits(AddressFamily family, Random& random) {
  const Outcomes outcomes = random_outcomes(random);
  const IpAddress base = random_address(family, random);
  PrefixSet set;
  for (unsigned bit = 0; bit < base.width(); ++bit) {
    const AddressBits flipped = base.bits() ^ static_cast<AddressBits>(1) << (127 - bit);
    const IpAddress host = IpAddress::from_bits(flipped, family);
    set.push_back({IpPrefix::host(host), outcomes.draw(random)});
    set.push_back({IpPrefix::host(step(host, 2)), outcomes.draw(random)});
  }
  return set;
}

PrefixSet adversarial_set(Random& random) {
  const AddressFamily family = random_family(random);
  switch (below(5, random)) {
    case 0:
      return nested_chain(family, random);
    case 1:
      return dense_hosts(family, 256, random);
    case 2:
      return adjacent_networks(family, random);
    case 3:
      return spread_bits(family, random);
    default: {
      // Equal prefixes that contradict each other, in any order.
      PrefixSet set = random_set(40, random);
      const PrefixSet again = set;
      for (const PrefixOutcome& entry : again) set.push_back({entry.prefix, entry.outcome / 2});
      std::shuffle(set.begin(), set.end(), random);
      return set;
    }
  }
}

// A long list: hosts and networks crowded into a few hundred networks.
PrefixSet clustered_set(AddressFamily family, std::size_t size, Random& random) {
  const Outcomes outcomes = random_outcomes(random);
  const unsigned width = address_width(family);
  PrefixSet set;
  while (set.size() < size) {
    const IpAddress center = random_address(family, random);
    const auto shared = static_cast<unsigned>(below(width, random));
    for (std::size_t i = below(800, random); i > 0; --i) {
      const IpAddress near = random_address_near(center, shared, random);
      const auto length = random() % 2 == 0 ? width : shared + below(width - shared + 1, random);
      set.push_back({IpPrefix(near, static_cast<unsigned>(length)), outcomes.draw(random)});
    }
  }
  return set;
}

// The addresses where a table may err: around the ends of every prefix, and inside it.
std::vector<IpAddress> telling_addresses(const PrefixSet& set, Random& random) {
  std::vector<IpAddress> addresses;
  for (const PrefixOutcome& entry : set) {
    const IpAddress first = entry.prefix.first();
    const IpAddress last = entry.prefix.last();
    for (const IpAddress probe : {step(first, -1), first, last, step(last, 1),
                                  random_address_near(first, entry.prefix.length(), random),
                                  random_address(entry.prefix.family(), random)}) {
      addresses.push_back(probe);
    }
  }
  for (const auto family : {AddressFamily::ipv4, AddressFamily::ipv6}) {
    const IpPrefix all(random_address(family, random), 0);
    addresses.push_back(all.first());
    addresses.push_back(all.last());
  }
  return addresses;
}

// Compares a table with the oracle; returns the number of pairs compared.
std::size_t expect_agreement(const PrefixSet& set, Random& random, std::uint64_t seed) {
  const PrefixTable table = build(set);
  const std::vector<IpAddress> addresses = telling_addresses(set, random);
  for (const IpAddress probe : addresses) {
    const Outcome expected = linear_scan(set, probe);
    if (table.lookup(probe) == expected) continue;
    ADD_FAILURE() << "PORTCULLIS_TEST_SEED=" << seed << ": " << probe.to_string() << " in a set of "
                  << set.size() << ": " << table.lookup(probe) << ", not " << expected;
    break;
  }
  return addresses.size();
}

TEST(PrefixTable, CoversNothingWhenItIsEmpty) {
  for (const PrefixTable& table : {PrefixTable(), build({})}) {
    EXPECT_EQ(table.lookup(address("0.0.0.0")), kNoOutcome);
    EXPECT_EQ(table.lookup(address("255.255.255.255")), kNoOutcome);
    EXPECT_EQ(table.lookup(address("::")), kNoOutcome);
    EXPECT_EQ(table.lookup(address("ffff::1")), kNoOutcome);
    EXPECT_LT(table.memory_bytes(), 1000U);
  }
}

TEST(PrefixTable, LongestPrefixWins) {
  const PrefixTable table = build({{prefix("10.0.0.0/8"), 1},
                                   {prefix("10.1.0.0/16"), 2},
                                   {prefix("10.1.2.3"), 3},
                                   {prefix("2001:db8::/32"), 4},
                                   {prefix("2001:db8::25"), 5}});
  EXPECT_EQ(table.lookup(address("9.255.255.255")), kNoOutcome);
  EXPECT_EQ(table.lookup(address("10.0.0.1")), 1U);
  EXPECT_EQ(table.lookup(address("10.1.2.2")), 2U);
  EXPECT_EQ(table.lookup(address("10.1.2.3")), 3U);
  EXPECT_EQ(table.lookup(address("10.1.2.4")), 2U);
  EXPECT_EQ(table.lookup(address("10.2.0.0")), 1U);
  EXPECT_EQ(table.lookup(address("2001:db8::24")), 4U);
  EXPECT_EQ(table.lookup(address("2001:db8::25")), 5U);
  EXPECT_EQ(table.lookup(address("2001:db9::")), kNoOutcome);
}

TEST(PrefixTable, TheLastOfEqualPrefixesWins) {
  const PrefixTable table = build({{prefix("192.0.2.0/24"), 1},
                                   {prefix("0.0.0.0/0"), 7},
                                   {prefix("192.0.2.0/24"), 2},
                                   {prefix("0.0.0.0/0"), 8}});
  EXPECT_EQ(table.lookup(address("192.0.2.9")), 2U);
  EXPECT_EQ(table.lookup(address("192.0.3.9")), 8U);
}

TEST(PrefixTable, FamiliesDoNotMix) {
  const PrefixTable table = build({{prefix("0.0.0.0/0"), 1}, {prefix("::/1"), 2}});
  EXPECT_EQ(table.lookup(address("::1")), 2U);
  EXPECT_EQ(table.lookup(address("ffff::")), kNoOutcome);
  EXPECT_EQ(table.lookup(address("1.2.3.4")), 1U);
  EXPECT_EQ(table.lookup(address("::ffff:1.2.3.4")), 1U) << "IPv4-mapped is IPv4";
}

TEST(PrefixTable, MergesNeighboursWithOneOutcome) {
  PrefixSet hosts;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    hosts.push_back({IpPrefix::host(IpAddress::from_ipv4(0x0a00'0000 + i)), 5});
  }
  const std::size_t root_bytes = std::size_t{4} << 16;
  EXPECT_LT(build(hosts).memory_bytes(), root_bytes + 1000);
}

TEST(PrefixTable, AnswersAnyNumberOfDifferentOutcomes) {
  for (const std::size_t count :
       {1U, 2U, 3U, 4U, 15U, 16U, 255U, 256U, 65'535U, 65'536U, 70'000U}) {
    for (const bool far_apart : {false, true}) {
      PrefixSet set;
      for (std::uint32_t i = 0; i < count; ++i) {
        const Outcome outcome = far_apart ? kNoOutcome - 1 - i * 50'000U : i;
        set.push_back({IpPrefix::host(IpAddress::from_ipv4(i * 61'000U)), outcome});
      }
      const PrefixTable table = build(set);
      for (const PrefixOutcome& entry : set) {
        ASSERT_EQ(table.lookup(entry.prefix.first()), entry.outcome) << count << ' ' << far_apart;
      }
    }
  }
}

TEST(PrefixTable, AgreesWithLinearScanOnRandomSets) {
  for (const std::uint64_t seed : testing::seeds()) {
    Random random(seed);
    std::size_t pairs = 0;
    while (pairs < 600'000 && !HasFailure()) {
      pairs += expect_agreement(random_set(1 + below(300, random), random), random, seed);
    }
  }
}

TEST(PrefixTable, AgreesWithLinearScanOnAdversarialSets) {
  for (const std::uint64_t seed : testing::seeds()) {
    Random random(seed);
    std::size_t pairs = 0;
    while (pairs < 600'000 && !HasFailure()) {
      pairs += expect_agreement(adversarial_set(random), random, seed);
    }
  }
}

// Too many for a linear scan; the oracle is the intervals, which have their own test against it.
TEST(PrefixTable, AgreesWithItsElementaryIntervalsOnLargeSets) {
  for (const std::uint64_t seed : testing::seeds()) {
    Random random(seed);
    for (const AddressFamily family : {AddressFamily::ipv4, AddressFamily::ipv6}) {
      PrefixSet set = clustered_set(family, 100'000, random);
      const PrefixTable table = build(set);
      sort_by_prefix(set);
      const AddressBits width_mask = prefix_mask(address_width(family));
      AddressBits first = 0;
      for (const Interval& interval : elementary_intervals(set)) {
        for (const AddressBits bits : {first, interval.last & width_mask}) {
          const IpAddress probe = IpAddress::from_bits(bits, family);
          ASSERT_EQ(table.lookup(probe), interval.outcome)
              << "PORTCULLIS_TEST_SEED=" << seed << ": " << probe.to_string();
        }
        first = interval.last + 1;
      }
    }
  }
}

// The bounds that prefix_table.h promises, for lists made to break them.
void expect_bounded(const PrefixSet& set, unsigned most_lines, std::size_t bytes_per_prefix) {
  const PrefixTable table = build(set);
  unsigned lines = 0;
  for (const PrefixOutcome& entry : set) {
    lines = std::max(lines, table.cache_lines(entry.prefix.first()));
    ASSERT_EQ(table.lookup(entry.prefix.first()), entry.outcome);
  }
  EXPECT_LE(lines, most_lines);
  EXPECT_LE(table.memory_bytes(), 300'000 + set.size() * bytes_per_prefix);
}

TEST(PrefixTable, DepthIsBoundedWhereEveryAddressOfANetworkDiffers) {
  PrefixSet set;
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    set.push_back({IpPrefix::host(IpAddress::from_ipv4(0xc0a8'0000 + i)), i});
  }
  expect_bounded(set, 5 + 1, 20);
}

// Tables nest down to their limit for the sake of one network.
TEST(PrefixTable, DepthAndMemoryAreBoundedForAllHostsOfOneIpv6Network) {
  PrefixSet set;
  IpAddress host = address("2001:db8::");
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    set.push_back({IpPrefix::host(host), i % 5});
    host = step(host, 1);
  }
  expect_bounded(set, 10, 8);
}

// Hosts that diverge at every bit from one path, and again below each branch: nothing to compress.
TEST(PrefixTable, DepthAndMemoryAreBoundedForHostileIpv6) {
  Random random(7);
  PrefixSet set;
  IpAddress path = random_address(AddressFamily::ipv6, random);
  while (set.size() < 200'000) {
    for (unsigned length = 0; length < 128; ++length) {
      set.push_back({IpPrefix::host(random_address_near(path, length, random)),
                     random_outcome(2'000, true, random)});
    }
    path = random_address_near(path, 1 + static_cast<unsigned>(below(64, random)), random);
  }
  const double ranges = 2.0 * static_cast<double>(set.size()) + 1;
  const auto levels = static_cast<unsigned>(std::ceil(std::log2(ranges / 2) / 2));
  sort_by_prefix(set);
  const auto same = [](const auto& a, const auto& b) { return a.prefix == b.prefix; };
  set.erase(std::unique(set.begin(), set.end(), same), set.end());
  expect_bounded(set, 4 + levels + 1, 64);
}

TEST(PrefixTable, RefusesMoreMemoryThanAllowed) {
  Random random(3);
  const PrefixSet set = clustered_set(AddressFamily::ipv6, 20'000, random);
  const std::size_t needed = build(set).memory_bytes();
  EXPECT_TRUE(PrefixTable::build(set, needed).has_value());
  for (const std::size_t allowed : {needed - 1, needed / 2, std::size_t{100}, std::size_t{0}}) {
    const auto table = PrefixTable::build(set, allowed);
    ASSERT_FALSE(table.has_value()) << allowed;
    EXPECT_EQ(table.error(), PrefixTableError::too_large);
  }
}

}  // namespace
}  // namespace portcullis
