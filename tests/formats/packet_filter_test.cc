// What is exported to ipset and nftables comes back the same, and the real programs, with the
// kernel of this machine in a network namespace of their own, take it and say the same.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "config/entry_line.h"
#include "config/time_text.h"
#include "tests/formats/listed_addresses.h"
#include "tests/mta/support/child_process.h"
#include "tests/support/golden.h"
#include "tests/support/seed.h"

#include "formats/format.h"
#include "formats/ipset.h"
#include "formats/nft.h"

namespace portcullis {
namespace {

const Time kNow = *parse_time("2026-11-22T00:00:00Z");

WriteOptions write_options(Action action) {
  WriteOptions options;
  options.action = action;
  options.now = kNow;
  options.name = "portcullis";
  return options;
}

ListReading read(ListReader reader, const std::string& text) {
  ReadOptions options;
  options.now = kNow;
  ListReading reading = reader(text, options);
  EXPECT_EQ(reading.diagnostics.errors(), 0U) << reading.diagnostics.format_all() << text;
  return reading;
}

// The kernel counts seconds while we look: to the next whole hour.
std::optional<Time> whole_hour(std::optional<Time> time) {
  if (!time) return {};
  return std::chrono::round<std::chrono::hours>(*time + std::chrono::minutes(15));
}

void expect_same(std::span<const ListEntry> expected, std::span<const ListEntry> actual,
                 Action action) {
  for (const IpAddress place : testing::places_of(expected)) {
    const testing::Listing wanted = testing::listing_of(expected, place, action);
    const testing::Listing found = testing::listing_of(actual, place, action);
    ASSERT_EQ(wanted.listed, found.listed) << place.to_string();
    ASSERT_EQ(whole_hour(wanted.expires), whole_hour(found.expires)) << place.to_string();
  }
}

// Runs a shell command with a packet filter of its own; nothing if this machine does not allow it.
std::optional<std::string> run_in_namespace(const std::string& command) {
  const std::vector<std::string> enter = {"unshare", geteuid() == 0 ? "-n" : "-rn"};
  const auto run = [&](const std::string& script) {
    return testing::run_command({enter[0], enter[1], "sh", "-c", script});
  };
  if (!run("ipset create probe hash:net && nft list ruleset").status.success()) return {};
  const testing::CommandResult result = run(command);
  EXPECT_TRUE(result.status.success()) << result.error;
  return result.output;
}

// Without what ipset cannot say exactly: an entry and an exception of one network.
std::vector<ListEntry> random_set(std::size_t count, Action action, testing::Random& random) {
  std::vector<ListEntry> entries = testing::random_entries(count, action, kNow, random);
  std::map<IpPrefix, Action> actions;
  std::erase_if(entries, [&](const ListEntry& one) {
    return std::ranges::any_of(networks_of(one.listed), [&](const IpPrefix& network) {
      const Action meant = one.action.value_or(action);
      return actions.try_emplace(network, meant).first->second != meant;
    });
  });
  return entries;
}

class PacketFilter : public ::testing::TestWithParam<Action> {
 protected:
  void each_seed(void (*check)(Action, testing::Random&)) {
    for (const std::uint64_t seed : testing::seeds()) {
      testing::Random random(seed);
      check(GetParam(), random);
    }
  }
};

TEST_P(PacketFilter, IpsetComesBackTheSame) {
  each_seed([](Action action, testing::Random& random) {
    for (int round = 0; round < 10; ++round) {
      const auto entries = random_set(60, action, random);
      const ListWriting writing = write_ipset(entries, write_options(action));
      expect_same(entries, read(read_ipset, writing.text).entries, action);
    }
  });
}

TEST_P(PacketFilter, NftComesBackTheSame) {
  each_seed([](Action action, testing::Random& random) {
    for (int round = 0; round < 10; ++round) {
      const auto entries = testing::random_entries(60, action, kNow, random);
      const ListWriting writing = write_nft(entries, write_options(action));
      expect_same(entries, read(read_nft, writing.text).entries, action);
    }
  });
}

TEST_P(PacketFilter, IpsetRestoresAndReplacesWhatWeWrite) {
  each_seed([](Action action, testing::Random& random) {
    const golden::ScratchFolder folder;
    const auto before = random_set(100, action, random);
    const auto entries = random_set(200, action, random);
    const auto options = write_options(action);
    const auto first = folder.file("first", write_ipset(before, options).text);
    const auto second = folder.file("second", write_ipset(entries, options).text);
    const auto saved = run_in_namespace(
        fmt::format("ipset restore < {} && ipset restore < {} && ipset destroy probe; ipset save",
                    first, second));
    if (!saved) GTEST_SKIP() << "no network namespace with ipset here";
    expect_same(entries, read(read_ipset, *saved).entries, action);
  });
}

TEST_P(PacketFilter, NftLoadsAndReplacesWhatWeWrite) {
  each_seed([](Action action, testing::Random& random) {
    const golden::ScratchFolder folder;
    const auto before = testing::random_entries(100, action, kNow, random);
    const auto entries = testing::random_entries(200, action, kNow, random);
    const auto options = write_options(action);
    const auto first = folder.file("first", write_nft(before, options).text);
    const auto second = folder.file("second", write_nft(entries, options).text);
    for (const std::string_view as_json : {"", "-j"}) {
      const auto listed = run_in_namespace(
          fmt::format("nft -f {} && nft -f {} && nft {} list ruleset", first, second, as_json));
      if (!listed) GTEST_SKIP() << "no network namespace with nftables here";
      expect_same(entries, read(read_nft, *listed).entries, action);
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Both, PacketFilter, ::testing::Values(Action::deny, Action::permit),
                         [](const auto& action) { return std::string(to_string(action.param)); });

ListEntry entry(const std::string& network, std::string comment = {},
                std::optional<Time> expires = {}) {
  ListEntry made = make_entry(*parse_entry_line(network));
  made.comment = std::move(comment);
  made.expires = expires;
  made.line = 7;
  return made;
}

TEST(IpsetWriter, WritesBothSetsAndEmptiesThem) {
  const std::vector entries = {entry("192.0.2.0/24", "abuse \"#12\""),
                               entry("2001:db8::/32", {}, kNow + std::chrono::hours(1))};
  const ListWriting writing = write_ipset(entries, write_options(Action::deny));
  EXPECT_EQ(writing.text,
            "create portcullis hash:net family inet maxelem 1048576 timeout 0 comment -exist\n"
            "flush portcullis\n"
            "create portcullis6 hash:net family inet6 maxelem 1048576 timeout 0 comment -exist\n"
            "flush portcullis6\n"
            "add portcullis 192.0.2.0/24 timeout 0 comment \"abuse '#12'\" -exist\n"
            "add portcullis6 2001:db8::/32 timeout 3600 -exist\n");
  EXPECT_EQ(writing.diagnostics.warnings(), 0U);
}

TEST(IpsetWriter, NeverHoldsLongerThanTheList) {
  const std::vector entries = {entry("192.0.2.1", {}, kNow + std::chrono::hours(24 * 60)),
                               entry("192.0.2.2", {}, kNow)};
  const ListWriting writing = write_ipset(entries, write_options(Action::deny));
  EXPECT_NE(writing.text.find("add portcullis 192.0.2.1 timeout 2147483 -exist\n"),
            std::string::npos);
  EXPECT_EQ(writing.text.find("192.0.2.2"), std::string::npos);
  EXPECT_EQ(writing.diagnostics.format_all(),
            "-:7: warning: \"192.0.2.2\" is left out: it expired at 2026-11-22T00:00:00Z\n"
            "-:7: warning: \"192.0.2.1\" expires at 2027-01-21T00:00:00Z, and leaves the set after "
            "2147483 seconds already, the most that a timeout can say\n"
            "    write the set again before then\n");
}

TEST(IpsetWriter, CutsACommentBetweenCharacters) {
  const std::vector entries = {entry("192.0.2.1", std::string(254, 'x') + "\xc3\xb6")};
  const ListWriting writing = write_ipset(entries, write_options(Action::deny));
  EXPECT_NE(writing.text.find("comment \"" + std::string(254, 'x') + "\" -exist"),
            std::string::npos);
  EXPECT_EQ(writing.diagnostics.warnings(), 1U);
}

TEST(IpsetWriter, DoesNotPermitForGoodWhatIsPermittedForATime) {
  ListEntry denied = entry("192.0.2.1");
  denied.action = Action::deny;
  const std::vector entries = {entry("192.0.2.0/24"), denied,
                               entry("192.0.2.1", {}, kNow + std::chrono::hours(1))};
  const ListWriting writing = write_ipset(entries, write_options(Action::permit));
  EXPECT_NE(writing.text.find("add portcullis 192.0.2.1 timeout 0 nomatch -exist\n"),
            std::string::npos)
      << writing.text;
  EXPECT_EQ(writing.diagnostics.format_all(),
            "-:7: warning: \"192.0.2.1\" is left out: the list has an exception for it too, and a "
            "set cannot go from the one to the other when it expires\n");
}

TEST(PacketFilterNames, ThatNoSetCanHaveGiveNoText) {
  const std::vector entries = {entry("192.0.2.1")};
  for (const std::string name : {"", "two words", "quo\"te", "x;y", "#x", "n\n",
                                 "much-too-long-a-name-for-a-set-of-addresses-that-is-to-have-a-"
                                 "suffix-too-and-then-some-more-until-no-limit-that-there-is-can-"
                                 "take-it-any-longer"}) {
    WriteOptions options = write_options(Action::deny);
    options.name = name;
    EXPECT_EQ(write_nft(entries, options).text, "") << name;
    EXPECT_EQ(write_nft(entries, options).diagnostics.errors(), 1U) << name;
    if (name == "x;y") continue;  // ipset takes it
    EXPECT_EQ(write_ipset(entries, options).text, "") << name;
    EXPECT_EQ(write_ipset(entries, options).diagnostics.errors(), 1U) << name;
  }
}

TEST(NftWriter, WritesElementsThatDoNotOverlap) {
  ListEntry exception = entry("192.0.2.128/25");
  exception.action = Action::permit;
  const std::vector entries = {entry("192.0.2.0/24", "a", kNow + std::chrono::hours(25)), exception,
                               entry("192.0.2.1", "b \"c\""), entry("2001:db8::/32")};
  const ListWriting writing = write_nft(entries, write_options(Action::deny));
  EXPECT_EQ(writing.text,
            "table inet portcullis {\n"
            "\tset portcullis_v4 {\n\t\ttype ipv4_addr\n\t\tflags interval,timeout\n\t}\n"
            "\tset portcullis_v6 {\n\t\ttype ipv6_addr\n\t\tflags interval,timeout\n\t}\n"
            "}\n"
            "flush set inet portcullis portcullis_v4\n"
            "flush set inet portcullis portcullis_v6\n"
            "add element inet portcullis portcullis_v4 {\n"
            "\t192.0.2.0 timeout 1d1h0m0s comment \"a\",\n"
            "\t192.0.2.1 comment \"b 'c'\",\n"
            "\t192.0.2.2-192.0.2.127 timeout 1d1h0m0s comment \"a\"\n"
            "}\n"
            "add element inet portcullis portcullis_v6 {\n"
            "\t2001:db8::/32\n"
            "}\n");
}

TEST(PacketFilterWriters, SayWhatTheyCannotHold) {
  std::vector entries = {entry("mx.example.com")};
  entries.push_back(testing::bare_entry(ListedSender{"@example.com"}));
  for (const ListWriter write : {write_ipset, write_nft}) {
    const ListWriting writing = write(entries, write_options(Action::deny));
    EXPECT_EQ(writing.diagnostics.warnings(), 2U) << writing.diagnostics.format_all();
    EXPECT_EQ(writing.text.find("example"), std::string::npos);
  }
}

}  // namespace
}  // namespace portcullis
