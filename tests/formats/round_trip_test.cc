// What is written and read back names the same clients, whatever the list holds.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/random_list.h"
#include "tests/support/seed.h"

#include "formats/format.h"

namespace portcullis::testing {
namespace {

constexpr int kLists = 200;
constexpr std::size_t kEntries = 40;

ListReading read_back(std::string_view format, const ListWriting& writing) {
  return find_list_format(format)->read(writing.text, {});
}

// Nothing is refused and nothing repaired in what we have written ourselves.
::testing::AssertionResult is_clean(const ListReading& reading) {
  if (reading.diagnostics.errors() + reading.diagnostics.warnings() == 0) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << reading.diagnostics.format_all();
}

std::string to_text(const std::vector<IpPrefix>& networks) {
  std::string text;
  for (const IpPrefix& network : networks) text += network.to_string() + ' ';
  return text;
}

// Formats that hold all there is: the very same entries come back.
struct WholeCase {
  std::string format;
  RandomListKinds kinds;
};

class WholeList : public ::testing::TestWithParam<WholeCase> {};

TEST_P(WholeList, ReadsBackAsItWas) {
  const auto& [format, kinds] = GetParam();
  for (const auto seed : seeds()) {
    Random random(seed);
    for (int i = 0; i < kLists; ++i) {
      const auto entries = random_list(kinds, kEntries, random);
      const ListWriting writing = find_list_format(format)->write(entries, {});
      EXPECT_EQ(writing.diagnostics.format_all(), "");
      const ListReading reading = read_back(format, writing);
      ASSERT_TRUE(is_clean(reading)) << writing.text;
      ASSERT_EQ(reading.entries, entries) << writing.text;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, WholeList,
                         ::testing::Values(WholeCase{"native", {}},
                                           WholeCase{"csv", {.senders = true}},
                                           WholeCase{"json", {.senders = true, .actions = true}}),
                         [](const auto& parameter) { return parameter.param.format; });

// Formats that hold addresses and names alone: the set of them comes back.
class Clients : public ::testing::TestWithParam<WholeCase> {};

TEST_P(Clients, ReadBackAsTheSameSet) {
  const auto& [format, kinds] = GetParam();
  for (const auto seed : seeds()) {
    Random random(seed);
    for (int i = 0; i < kLists; ++i) {
      const auto entries = random_list(kinds, kEntries, random);
      const ListWriting writing = find_list_format(format)->write(entries, {.keep_expiring = true});
      ASSERT_FALSE(writing.diagnostics.has_errors());
      const ListReading reading = read_back(format, writing);
      ASSERT_TRUE(is_clean(reading)) << writing.text;
      ASSERT_EQ(to_text(addresses_of(reading.entries)), to_text(addresses_of(entries)));
      ASSERT_EQ(names_of(reading.entries), names_of(entries));
    }
  }
}

TEST_P(Clients, ThatExpireAreNotWrittenForGood) {
  const auto& [format, kinds] = GetParam();
  for (const auto seed : seeds()) {
    Random random(seed);
    auto entries = random_list(kinds, kEntries, random);
    const ListWriting writing = find_list_format(format)->write(entries, {});
    std::erase_if(entries, [](const ListEntry& entry) { return entry.expires.has_value(); });
    const ListReading reading = read_back(format, writing);
    EXPECT_EQ(to_text(addresses_of(reading.entries)), to_text(addresses_of(entries)));
    EXPECT_EQ(names_of(reading.entries), names_of(entries));
    EXPECT_GT(writing.diagnostics.warnings(), 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, Clients,
                         ::testing::Values(WholeCase{"trend", {.names = false}},
                                           WholeCase{"symantec", {}},
                                           WholeCase{"imail", {.ipv6 = false, .names = false}}),
                         [](const auto& parameter) { return parameter.param.format; });

TEST(Symantec, ReadsTheSameSetWhateverDelimitsIt) {
  for (const auto seed : seeds()) {
    Random random(seed);
    const auto entries = random_list({.comments = false, .expiries = false}, 1000, random);
    std::string line;
    for (const ListEntry& entry : entries) {
      const bool quoted = chance(20, random);
      for (const IpPrefix& network : networks_of(entry.listed)) {
        line += (quoted ? '"' + network.to_string() + '"' : network.to_string());
        // Not a blank alone: ".example.com" behind one could be the rest of a name.
        for (std::size_t n = below(3, random); n > 0; --n)
          line += one_of(std::string(",; \t"), random);
        line += one_of(std::string(",;"), random);
      }
      if (networks_of(entry.listed).empty()) line += to_string(entry.listed) + ",";
    }
    const ListReading reading = find_list_format("symantec")->read(line, {});
    EXPECT_TRUE(is_clean(reading));
    EXPECT_EQ(to_text(addresses_of(reading.entries)), to_text(addresses_of(entries)));
    EXPECT_EQ(names_of(reading.entries), names_of(entries));
  }
}

TEST(ImailKill, ReadsBackAsTheSameSenders) {
  for (const auto seed : seeds()) {
    Random random(seed);
    for (int i = 0; i < kLists; ++i) {
      const auto entries = random_list({.senders = true, .expiries = false}, kEntries, random);
      std::vector<ListEntry> senders = entries;
      std::erase_if(senders, [](const ListEntry& entry) {
        return !std::holds_alternative<ListedSender>(entry.listed);
      });
      const ListWriting writing = find_list_format("imail-kill")->write(entries, {});
      const ListReading reading = read_back("imail-kill", writing);
      ASSERT_TRUE(is_clean(reading)) << writing.text;
      ASSERT_EQ(names_of(reading.entries), names_of(senders)) << writing.text;
      ASSERT_GE(writing.diagnostics.warnings(), entries.size() - senders.size());
    }
  }
}

}  // namespace
}  // namespace portcullis::testing
