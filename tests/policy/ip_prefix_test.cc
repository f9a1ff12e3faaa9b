#include "policy/ip_prefix.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/prefix_sets.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

using testing::below;
using testing::Random;

IpAddress address(const std::string& text) {
  return IpAddress::parse(text).value();
}

TEST(IpPrefix, ClearsHostBits) {
  const IpPrefix prefix(address("192.0.2.77"), 24);
  EXPECT_EQ(prefix.first(), address("192.0.2.0"));
  EXPECT_EQ(prefix.last(), address("192.0.2.255"));
  EXPECT_EQ(prefix, IpPrefix(address("192.0.2.0"), 24));
  EXPECT_EQ(IpPrefix(address("2001:db8::1"), 32).last(),
            address("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"));
}

TEST(IpPrefix, OfLengthZeroHoldsItsFamilyOnly) {
  const IpPrefix all;
  EXPECT_TRUE(all.contains(address("255.255.255.255")));
  EXPECT_FALSE(all.contains(address("::")));
  EXPECT_TRUE(IpPrefix(address("::"), 0).contains(address("ffff::")));
}

TEST(IpPrefix, WritesAHostWithoutItsLength) {
  EXPECT_EQ(IpPrefix(address("192.0.2.0"), 24).to_string(), "192.0.2.0/24");
  EXPECT_EQ(IpPrefix::host(address("192.0.2.1")).to_string(), "192.0.2.1");
  EXPECT_EQ(IpPrefix::host(address("2001:db8::1")).to_string(), "2001:db8::1");
  EXPECT_EQ(IpPrefix(address("::"), 0).to_string(), "::/0");
}

TEST(IpPrefix, SortsWiderBeforeWhatItCovers) {
  const std::vector<IpPrefix> sorted = {{address("0.0.0.0"), 0},   {address("10.0.0.0"), 8},
                                        {address("10.0.0.0"), 16}, {address("10.0.1.0"), 24},
                                        {address("11.0.0.0"), 8},  {address("::"), 0},
                                        {address("::"), 128}};
  EXPECT_TRUE(std::ranges::is_sorted(sorted));
}

TEST(IpPrefix, ContainsWhatLiesBetweenItsEnds) {
  for (const std::uint64_t seed : testing::seeds()) {
    SCOPED_TRACE("PORTCULLIS_TEST_SEED=" + std::to_string(seed));
    Random random(seed);
    for (int i = 0; i < 50'000 && !HasFailure(); ++i) {
      const IpAddress near = testing::random_address(testing::random_family(random), random);
      const auto length = static_cast<unsigned>(below(near.width() + 1, random));
      const IpPrefix prefix(near, length);
      ASSERT_TRUE(prefix.contains(near));
      ASSERT_EQ(prefix.is_host(), prefix.first() == prefix.last());
      const auto shared = static_cast<unsigned>(below(near.width() + 1, random));
      const IpAddress any = testing::random_address_near(near, shared, random);
      for (const IpAddress probe : {any, testing::step(prefix.first(), -1), prefix.first(),
                                    prefix.last(), testing::step(prefix.last(), 1)}) {
        const bool between = prefix.first() <= probe && probe <= prefix.last();
        ASSERT_EQ(prefix.contains(probe), between)
            << prefix.to_string() << ' ' << probe.to_string();
      }
      const IpPrefix other(any, shared);
      const bool inside = prefix.first() <= other.first() && other.last() <= prefix.last();
      ASSERT_EQ(prefix.covers(other), inside) << prefix.to_string() << ' ' << other.to_string();
    }
  }
}

// The fewest prefixes for a range, found by taking the widest one that fits at each step, bit by
// bit. No prefix of the cover may merge with its neighbour, else there were fewer.
void expect_cover(IpAddress first, IpAddress last) {
  const std::vector<IpPrefix> cover = cover_range(first, last);
  const std::string trace = first.to_string() + " - " + last.to_string();
  ASSERT_FALSE(cover.empty()) << trace;
  EXPECT_EQ(cover.front().first(), first) << trace;
  EXPECT_EQ(cover.back().last(), last) << trace;
  EXPECT_LE(cover.size(), 2 * first.width() - 2) << trace;
  for (std::size_t i = 1; i < cover.size(); ++i) {
    EXPECT_EQ(testing::step(cover[i - 1].last(), 1), cover[i].first()) << trace;
    const bool mergeable =
        cover[i - 1].length() == cover[i].length() &&
        IpPrefix(cover[i].first(), cover[i].length() - 1).first() == cover[i - 1].first();
    EXPECT_FALSE(mergeable) << trace;
  }
}

// How many prefixes a range of a four-bit space takes at least, by trying all sets of prefixes.
std::size_t fewest_by_brute_force(unsigned first, unsigned last) {
  if (first > last) return 0;
  std::size_t fewest = 16;
  for (unsigned size = 1; size <= 16; size *= 2) {
    if (first % size != 0 || first + size - 1 > last) continue;
    fewest = std::min(fewest, 1 + fewest_by_brute_force(first + size, last));
  }
  return fewest;
}

TEST(CoverRange, IsMinimalForEveryRangeOfASmallSpace) {
  for (const IpAddress start :
       {address("0.0.0.0"), address("10.1.2.16"), address("255.255.255.240"), address("::"),
        address("2001:db8::fff0"), address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0")}) {
    for (unsigned first = 0; first < 16; ++first) {
      for (unsigned last = first; last < 16; ++last) {
        const IpAddress from = testing::step(start, static_cast<int>(first));
        const IpAddress to = testing::step(start, static_cast<int>(last));
        expect_cover(from, to);
        const std::vector<IpPrefix> cover = cover_range(from, to);
        ASSERT_EQ(cover.size(), fewest_by_brute_force(first, last));
        for (unsigned i = 0; i < 16; ++i) {
          const IpAddress probe = testing::step(start, static_cast<int>(i));
          const auto holders = std::ranges::count_if(
              cover, [&](const IpPrefix& prefix) { return prefix.contains(probe); });
          ASSERT_EQ(holders, first <= i && i <= last ? 1 : 0);
        }
      }
    }
  }
}

TEST(CoverRange, HoldsARandomRangeWithoutGapsOrOverlap) {
  for (const std::uint64_t seed : testing::seeds()) {
    SCOPED_TRACE("PORTCULLIS_TEST_SEED=" + std::to_string(seed));
    Random random(seed);
    for (int i = 0; i < 5'000 && !HasFailure(); ++i) {
      const IpAddress a = testing::random_address(testing::random_family(random), random);
      const auto shared = static_cast<unsigned>(below(a.width() + 1, random));
      const IpAddress b = testing::random_address_near(a, shared, random);
      expect_cover(std::min(a, b), std::max(a, b));
    }
  }
}

TEST(CoverRange, TakesTheMostPrefixesForAllButTheEnds) {
  EXPECT_EQ(cover_range(address("0.0.0.1"), address("255.255.255.254")).size(), 62U);
  EXPECT_EQ(cover_range(address("::1"), address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")).size(),
            254U);
  EXPECT_EQ(cover_range(address("0.0.0.0"), address("255.255.255.255")).size(), 1U);
  EXPECT_EQ(cover_range(address("::"), address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).size(),
            1U);
}

}  // namespace
}  // namespace portcullis
