#include "policy/hit_counters.h"

#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portcullis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr Time at(int seconds) {
  return Time(std::chrono::seconds(1'800'000'000 + seconds));
}

constexpr EntryIndex entry(std::uint32_t number) {
  return EntryIndex{number};
}

// Entry number and count of everything that has hits.
std::vector<std::pair<std::uint32_t, std::uint64_t>> counts(const HitCounters& hits) {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> found;
  hits.for_each([&](EntryIndex index, const Hits& of) {
    found.emplace_back(static_cast<std::uint32_t>(index), of.count);
  });
  return found;
}

std::vector<Time> last_times(const HitCounters& hits) {
  std::vector<Time> found;
  hits.for_each([&](EntryIndex, const Hits& of) { found.push_back(of.last); });
  return found;
}

TEST(HitCounters, CountsEachEntryByItself) {
  HitCounters hits(100);
  EXPECT_THAT(counts(hits), IsEmpty());
  for (const std::uint32_t number : {99U, 0U, 15U, 16U, 0U}) hits.count(entry(number), at(0));
  EXPECT_THAT(counts(hits), ElementsAre(Pair(0, 2), Pair(15, 1), Pair(16, 1), Pair(99, 1)));
}

TEST(HitCounters, TheLastTimeIsTheLatestWhateverTheOrder) {
  HitCounters hits(1);
  for (const int second : {5, 9, 7}) hits.count(entry(0), at(second));
  EXPECT_THAT(last_times(hits), ElementsAre(at(9)));
}

TEST(HitCounters, WhatIsTakenIsGoneAndCanBeAddedElsewhere) {
  HitCounters one(1);
  HitCounters other(40);
  one.count(entry(0), at(1));
  one.count(entry(0), at(2));
  other.count(entry(33), at(0));
  other.add(entry(33), one.take(entry(0)));
  EXPECT_THAT(counts(one), IsEmpty());
  EXPECT_THAT(counts(other), ElementsAre(Pair(33, 3)));
  EXPECT_THAT(last_times(other), ElementsAre(at(2)));
  EXPECT_EQ(one.take(entry(0)).count, 0U);
  EXPECT_EQ(other.take(entry(0)).count, 0U) << "nothing was ever counted there";
}

TEST(HitCounters, WhatNeverDecidesCostsHalfAByte) {
  constexpr std::size_t kEntries = 1'000'000;
  HitCounters hits(kEntries);
  EXPECT_EQ(hits.memory_bytes(), kEntries / 2);
  hits.count(entry(7), at(0));
  EXPECT_EQ(hits.memory_bytes(), kEntries / 2 + 256);
}

}  // namespace
}  // namespace portcullis
