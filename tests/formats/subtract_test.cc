#include "formats/subtract.h"

#include <array>
#include <chrono>

#include <gtest/gtest.h>

#include "config/entry_line.h"
#include "config/time_text.h"
#include "tests/formats/listed_addresses.h"
#include "tests/support/seed.h"

#include "formats/address_ranges.h"

namespace portcullis {
namespace {

const Time kNow = *parse_time("2026-11-22T00:00:00Z");

ListEntry entry(const std::string& text) {
  return make_entry(*parse_entry_line(text));
}

std::vector<ListEntry> entries_of(const std::vector<std::string>& texts) {
  std::vector<ListEntry> entries;
  for (const std::string& text : texts) entries.push_back(entry(text));
  return entries;
}

std::vector<std::string> texts_of(const std::vector<ListEntry>& entries) {
  std::vector<std::string> texts;
  for (const ListEntry& one : entries) texts.push_back(to_string(one.listed));
  return texts;
}

TEST(Subtract, TakesOutWhatIsCovered) {
  const auto left = subtract(entries_of({"192.0.2.1", "198.51.100.0/24", "192.0.2.0/25"}),
                             entries_of({"192.0.2.0/24"}));
  EXPECT_EQ(texts_of(left.entries), std::vector<std::string>{"198.51.100.0/24"});
  EXPECT_EQ(left.removed, 2U);
  EXPECT_EQ(left.cut, 0U);
}

TEST(Subtract, CutsTheRestIntoTheFewestNetworks) {
  const auto left = subtract(entries_of({"192.0.2.0/29"}), entries_of({"192.0.2.5"}));
  EXPECT_EQ(texts_of(left.entries),
            (std::vector<std::string>{"192.0.2.0/30", "192.0.2.4", "192.0.2.6/31"}));
  EXPECT_EQ(left.cut, 1U);
}

TEST(Subtract, KeepsWhatElseAnEntrySays) {
  std::vector entries = {entry("192.0.2.0/31")};
  entries[0].comment = "two hosts";
  entries[0].expires = kNow;
  entries[0].action = Action::deny;
  entries[0].line = 12;
  const auto left = subtract(entries, entries_of({"192.0.2.1"}));
  entries[0].listed = entry("192.0.2.0").listed;
  EXPECT_EQ(left.entries, entries);
  EXPECT_EQ(left.entries[0].line, 12U);
}

TEST(Subtract, LeavesARangeAloneThatIsNotTouched) {
  const auto left = subtract(entries_of({"192.0.2.1-192.0.2.9", "0.0.0.0-255.255.255.254"}),
                             entries_of({"192.0.2.10", "::1"}));
  EXPECT_EQ(to_string(left.entries.front().listed), "192.0.2.1-192.0.2.9");
  EXPECT_EQ(left.cut, 1U);
}

TEST(Subtract, ReachesBothEndsOfAFamily) {
  const auto left =
      subtract(entries_of({"0.0.0.0/1", "255.0.0.0/8", "ffff::/16", "::/16"}),
               entries_of({"0.0.0.0-127.255.255.254", "255.0.0.1-255.255.255.255",
                           "ffff::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::-::ff"}));
  EXPECT_EQ(texts_of(left.entries).front(), "127.255.255.255");
  EXPECT_EQ(texts_of(left.entries)[1], "255.0.0.0");
  EXPECT_EQ(texts_of(left.entries)[2], "ffff::");
  EXPECT_EQ(texts_of(left.entries)[3], "::100/120");
}

TEST(Subtract, KnowsHostNames) {
  const auto left = subtract(entries_of({"mx.example.com", ".sub.example.com", "example.com",
                                         ".example.net", "mx.example.org", "example.org"}),
                             entries_of({".example.com", "mx.example.net", "mx.example.org"}));
  EXPECT_EQ(texts_of(left.entries), (std::vector<std::string>{".example.net", "example.org"}));
}

TEST(Subtract, NamesTheDomainsThatStayWholeAroundAListedName) {
  const auto left = subtract(entries_of({".example.com", ".example.net", "example.org", ".org",
                                         ".mx.example.com", ".b.test", "b.test"}),
                             entries_of({"mx.example.com", ".sub.example.net", ".b.test"}));
  EXPECT_EQ(texts_of(left.entries),
            (std::vector<std::string>{".example.com", ".example.net", "example.org", ".org",
                                      ".mx.example.com"}));
  std::vector<std::string> whole;
  for (const WholeDomain& each : left.whole) whole.push_back(each.domain + ' ' + each.name);
  EXPECT_EQ(whole, (std::vector<std::string>{".example.com mx.example.com",
                                             ".example.net .sub.example.net",
                                             ".mx.example.com mx.example.com"}));
}

TEST(Subtract, KnowsSenders) {
  std::vector entries = {testing::bare_entry(ListedSender{"@example.com"}),
                         testing::bare_entry(ListedSender{"a@example.com"})};
  const auto left = subtract(entries, std::vector{entries[1]});
  EXPECT_EQ(texts_of(left.entries), std::vector<std::string>{"@example.com"});
}

// Every address of 4096 of each family, looked at one by one.
TEST(Subtract, AgreesWithLookingAtEveryAddress) {
  for (const std::uint64_t seed : testing::seeds()) {
    testing::Random random(seed);
    for (int round = 0; round < 20; ++round) {
      const auto entries = testing::random_entries(12, Action::deny, kNow, random);
      const auto except = testing::random_entries(8, Action::deny, kNow, random);
      const auto left = subtract(entries, except);
      const auto holds = [](const std::vector<ListEntry>& list, IpAddress address) {
        return std::ranges::any_of(list, [&](const ListEntry& one) {
          const auto range = *range_of(one.listed);
          return range.first <= address && address <= range.last;
        });
      };
      for (const AddressFamily family : {AddressFamily::ipv4, AddressFamily::ipv6}) {
        IpAddress address = family == AddressFamily::ipv4 ? *IpAddress::parse("198.51.96.0")
                                                          : *IpAddress::parse("2001:db8::");
        for (int i = 0; i < 4096; i += 3, address = testing::step(address, 3)) {
          ASSERT_EQ(holds(left.entries, address),
                    holds(entries, address) && !holds(except, address))
              << address.to_string();
        }
      }
    }
  }
}

// The fewest: no two pieces of one entry make a network together.
TEST(Subtract, LeavesNoTwoPiecesThatMakeOne) {
  for (const std::uint64_t seed : testing::seeds()) {
    testing::Random random(seed);
    auto entries = testing::random_entries(1, Action::deny, kNow, random);
    entries[0].listed = IpPrefix(*IpAddress::parse("198.51.96.0"), 20);
    const auto except = testing::random_entries(20, Action::deny, kNow, random);
    const auto left = subtract(entries, except).entries;
    for (std::size_t i = 1; i < left.size(); ++i) {
      const auto a = std::get<IpPrefix>(left[i - 1].listed);
      const auto b = std::get<IpPrefix>(left[i].listed);
      ASSERT_LT(a.last(), b.first());
      ASSERT_FALSE(a.length() == b.length() &&
                   IpPrefix(b.first(), b.length() - 1).contains(a.first()))
          << a.to_string() << ' ' << b.to_string();
    }
  }
}

}  // namespace
}  // namespace portcullis
