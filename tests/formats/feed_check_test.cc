#include "formats/feed_check.h"

#include <gtest/gtest.h>

#include "config/entry_line.h"
#include "config/time_text.h"
#include "tests/formats/listed_addresses.h"

namespace portcullis {
namespace {

const Time kNow = *parse_time("2026-11-22T00:00:00Z");

ListEntry host(std::uint32_t number) {
  return testing::bare_entry(IpPrefix::host(IpAddress::from_ipv4(0xc6336400 + number)));
}

std::vector<ListEntry> hosts(std::uint32_t count) {
  std::vector<ListEntry> entries;
  for (std::uint32_t i = 0; i < count; ++i) entries.push_back(host(i));
  return entries;
}

ListReading reading_of(std::uint32_t count) {
  ListReading reading;
  reading.entries = hosts(count);
  return reading;
}

std::vector<std::string> reasons(const std::vector<Problem>& problems) {
  std::vector<std::string> texts;
  for (const Problem& problem : problems) {
    texts.push_back(problem.reason);
    EXPECT_NE(problem.repair, "") << problem.reason;
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(JudgeFeed, TakesAListThatIsWhole) {
  ListReading reading = reading_of(10);
  reading.feed.declared_entries = 10;
  reading.feed.made_at = kNow - std::chrono::hours(3);
  reading.feed.expires = kNow + std::chrono::hours(1);
  const FeedJudgement judgement = judge_feed(hosts(10), reading, kNow);
  EXPECT_EQ(reasons(judgement.refusals), Texts{});
  EXPECT_EQ(reasons(judgement.warnings), Texts{});
}

TEST(JudgeFeed, TakesTheFirstListThereIs) {
  EXPECT_EQ(reasons(judge_feed({}, reading_of(1), kNow).refusals), Texts{});
}

TEST(JudgeFeed, RefusesAnEmptyListEvenTheFirstTime) {
  EXPECT_EQ(reasons(judge_feed({}, reading_of(0), kNow).refusals), Texts{"holds no entries"});
}

TEST(JudgeFeed, RefusesAListThatWasCutShort) {
  ListReading reading = reading_of(10);
  reading.feed.cut_short = true;
  EXPECT_EQ(reasons(judge_feed(hosts(10), reading, kNow).refusals),
            Texts{"was cut short: it ends before its last line, or within it"});
}

TEST(JudgeFeed, RefusesAnotherNumberOfEntriesThanDeclared) {
  ListReading reading = reading_of(9);
  reading.feed.declared_entries = 10;
  EXPECT_EQ(reasons(judge_feed(hosts(10), reading, kNow).refusals),
            Texts{"declares 10 entries, and 9 were read"});
}

TEST(JudgeFeed, RefusesTheLossOfMoreThanHalf) {
  EXPECT_EQ(reasons(judge_feed(hosts(10), reading_of(5), kNow).refusals), Texts{});
  EXPECT_EQ(reasons(judge_feed(hosts(10), reading_of(4), kNow).refusals),
            Texts{"had 10 entries and has 4 now: more than half are gone"});
}

TEST(JudgeFeed, IsNotDeceivedByRepetition) {
  ListReading reading = reading_of(4);
  for (int i = 0; i < 6; ++i) reading.entries.push_back(host(0));
  EXPECT_EQ(reasons(judge_feed(hosts(10), reading, kNow).refusals),
            Texts{"had 10 entries and has 4 now: more than half are gone"});
}

TEST(JudgeFeed, TellsNamesRangesAndNetworksApart) {
  ListReading reading;
  const ListEntry range =
      testing::bare_entry(AddressRange{IpAddress::from_ipv4(1), IpAddress::from_ipv4(2)});
  const ListEntry other =
      testing::bare_entry(AddressRange{IpAddress::from_ipv4(1), IpAddress::from_ipv4(3)});
  reading.entries = {range, other, testing::bare_entry(ListedName{"a.example"}),
                     testing::bare_entry(ListedSender{"@a.example"})};
  EXPECT_EQ(reasons(judge_feed(hosts(8), reading, kNow).refusals), Texts{});
  EXPECT_EQ(reasons(judge_feed(hosts(9), reading, kNow).refusals),
            Texts{"had 9 entries and has 4 now: more than half are gone"});
}

TEST(JudgeFeed, RefusesAListOfWhichLinesWereRefused) {
  ListReading reading = reading_of(10);
  reading.diagnostics.error("feed", 3, "x", "is nothing");
  EXPECT_EQ(reasons(judge_feed(hosts(10), reading, kNow).refusals),
            Texts{"has 1 line that was refused"});
  reading.diagnostics.error("feed", 4, "y", "is nothing");
  EXPECT_EQ(reasons(judge_feed(hosts(10), reading, kNow).refusals),
            Texts{"has 2 lines that were refused"});
}

TEST(JudgeFeed, OnlyWarnsOfAge) {
  ListReading reading = reading_of(10);
  reading.feed.expires = kNow;
  reading.feed.made_at = kNow - std::chrono::hours(24 * 8);
  const FeedJudgement judgement = judge_feed(hosts(10), reading, kNow);
  EXPECT_EQ(reasons(judgement.refusals), Texts{});
  EXPECT_EQ(reasons(judgement.warnings), (Texts{"expired at 2026-11-22T00:00:00Z",
                                                "was made at 2026-11-14T00:00:00Z, 8 days ago"}));
  const FeedLimits patient{std::chrono::hours(24 * 9)};
  EXPECT_EQ(judge_feed(hosts(10), reading, kNow, patient).warnings.size(), 1U);
}

TEST(JudgeFeed, WarnsOfATimeThatIsStillToCome) {
  ListReading reading = reading_of(10);
  reading.feed.made_at = kNow + std::chrono::hours(25);
  EXPECT_EQ(reasons(judge_feed(hosts(10), reading, kNow).warnings),
            Texts{"was made at 2026-11-23T01:00:00Z, which is still to come"});
}

TEST(JudgeFeed, GivesEveryReasonAtOnce) {
  ListReading reading = reading_of(1);
  reading.feed.cut_short = true;
  reading.feed.declared_entries = 10;
  reading.diagnostics.error("feed", 3, "x", "is nothing");
  EXPECT_EQ(judge_feed(hosts(10), reading, kNow).refusals.size(), 4U);
}

}  // namespace
}  // namespace portcullis
