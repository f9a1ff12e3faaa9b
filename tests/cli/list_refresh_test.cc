// list refresh, with feeds as their publishers write them.

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Spamhaus DROP as JSON lines: the last one counts the others.
constexpr std::string_view kDrop =
    R"({"cidr":"10.10.0.0/16","sblid":"SBL256894","rir":"apnic"}
{"cidr":"10.20.0.0/16","sblid":"SBL434604","rir":"ripencc"}
{"cidr":"10.30.0.0/16","sblid":"SBL502121","rir":"arin"}
{"type":"metadata","timestamp":1795000000,"size":200,"records":3,"copyright":"(c) 2026 The Spamhaus Project SLU","terms":"https://www.spamhaus.org/drop/terms/"}
)";

class ListRefresh : public Cli {
 protected:
  ListRefresh() {
    configure("format = drop\n");
    write_list("blocked.list", "# the feed\n10.10.0.0/16\n");
    feed(kDrop);
  }

  void configure(const std::string& more) const {
    write_policy(
        fmt::format("[listener inbound]\n[class blocked]\naction = deny\n"
                    "clients = file:blocked.list\nsource = {}\n{}",
                    source(), more));
  }
  std::string source() const { return scratch_ / "feed"; }
  void feed(std::string_view text) const { write_list("feed", text); }
  std::string list() const { return read_file(scratch_ / "blocked.list"); }

  CommandResult refresh(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"list", "refresh", "blocked"});
    return run_here(more);
  }

  // The feed is refused with this code, and the list is as it was. Returns what is said.
  std::string refusal(int code) const {
    const std::string before = list();
    const CommandResult result = refresh();
    EXPECT_EQ(result.status.code, code) << result.output << result.error;
    EXPECT_EQ(result.output, "");
    EXPECT_EQ(list(), before);
    return result.error;
  }
};

TEST_F(ListRefresh, TakesOverWhatTheSourceHolds) {
  CommandResult result = refresh();
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(result.output, fmt::format("class blocked: 3 entries from {} (drop), 0 excepted: 2 "
                                       "added, 0 removed\n",
                                       source()));
  EXPECT_THAT(list(), AllOf(HasSubstr("# the feed\n10.10.0.0/16\n10.20.0.0/16"),
                            HasSubstr("\n10.30.0.0/16")));
  EXPECT_EQ(run_here({"check"}).status.code, 0);
}

TEST_F(ListRefresh, WritesNothingWhenNothingHasChanged) {
  refresh();
  const auto written = std::filesystem::last_write_time(scratch_ / "blocked.list");
  const std::string before = list();
  const CommandResult result = refresh();
  EXPECT_EQ(result.status.code, 0);
  EXPECT_EQ(result.output, fmt::format("class blocked: 3 entries from {} (drop), 0 excepted: "
                                       "unchanged\n",
                                       source()));
  EXPECT_EQ(list(), before);
  EXPECT_EQ(std::filesystem::last_write_time(scratch_ / "blocked.list"), written);
}

TEST_F(ListRefresh, TheLastGoodListStaysWhenTheFeedIsNoGood) {
  refresh();
  feed("");
  EXPECT_THAT(refusal(65), HasSubstr("holds no entries"));
  feed(kDrop.substr(0, kDrop.find("{\"type\"")));
  EXPECT_THAT(refusal(65), HasSubstr("cut short"));
  feed("45.9.0.0/24\n10.10.0.0/16\n140.64.113.0/2");
  for (const std::string format : {"netset", "native", "rspamd", "symantec", "trend"}) {
    configure("format = " + format + "\n");
    EXPECT_THAT(refusal(65), AllOf(HasSubstr("was cut short"), HasSubstr("\"140.64.113.0/2\"")));
  }
  configure("format = drop\n");
  std::string miscounted(kDrop);
  miscounted.replace(miscounted.find("\"records\":3"), 11, "\"records\":9");
  feed(miscounted);
  EXPECT_THAT(refusal(65), HasSubstr("declares 9 entries, and 3 were read"));
  feed("<html><body>503 Service Unavailable</body></html>\n");
  EXPECT_THAT(refusal(65), HasSubstr("the list of class blocked stays as it is"));
  std::filesystem::remove(source());
  EXPECT_THAT(refusal(66), HasSubstr("No such file"));
}

TEST_F(ListRefresh, AFeedThatLostMostOfItsEntriesIsTakenByForce) {
  configure("format = netset\n");
  feed("# a FireHOL netset\n10.10.0.0/16\n10.20.0.0/16\n10.30.0.0/16\n10.40.0.0/16\n");
  ASSERT_EQ(refresh().status.code, 0);
  feed("# a FireHOL netset\n10.40.0.0/16\n");
  EXPECT_THAT(refusal(65), HasSubstr("had 4 entries and has 1 now: more than half are gone"));
  const CommandResult forced = refresh({"--force"});
  EXPECT_EQ(forced.status.code, 0) << forced.error;
  EXPECT_THAT(forced.error, HasSubstr("warning: had 4 entries"));
  EXPECT_EQ(list(), "# the feed\n10.40.0.0/16\n");
}

TEST_F(ListRefresh, AFeedWhoseEntriesHaveExpiredDoesNotEmptyTheList) {
  configure("format = native\n");
  const std::string good = "10.10.0.1\n10.10.0.2\n10.10.0.3\n10.10.0.4\n";
  feed(good);
  ASSERT_EQ(refresh().status.code, 0);
  const std::string expired = " expires=2020-01-01T00:00:00Z\n";
  feed("10.10.0.1" + expired + "10.10.0.2" + expired + "10.10.0.3" + expired + "10.10.0.4\n");
  EXPECT_THAT(refusal(65), HasSubstr("had 4 entries and has 1 now: more than half are gone; 3 more "
                                     "have expired"));
  feed("10.10.0.1" + expired + "10.10.0.2" + expired);
  EXPECT_THAT(refusal(65), HasSubstr("holds no entries; 2 more have expired"));
  EXPECT_EQ(refresh({"--force"}).status.code, 0);
  EXPECT_EQ(list(), "# the feed\n");
}

TEST_F(ListRefresh, WhatHasExpiredInTheListIsNotLost) {
  configure("format = native\n");
  const std::string expired = " expires=2020-01-01T00:00:00Z\n";
  write_list("blocked.list", "10.10.0.1" + expired + "10.10.0.2" + expired + "10.10.0.3" + expired);
  feed("10.10.0.4\n");
  EXPECT_EQ(refresh().status.code, 0);
  EXPECT_EQ(list(), "10.10.0.4\n");
}

TEST_F(ListRefresh, ExceptionsAreTakenOut) {
  write_list("ours.list", "10.30.0.0/16\n");
  configure("format = drop\nexcept = file:ours.list, 10.20.128.0/17\n");
  const CommandResult result = refresh();
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("3 entries"));
  EXPECT_THAT(result.output, HasSubstr("2 excepted: 1 added"));
  EXPECT_THAT(list(), HasSubstr("10.20.0.0/17"));
  EXPECT_THAT(list(), ::testing::Not(HasSubstr("10.30.0.0")));
  EXPECT_THAT(refresh().output, HasSubstr("unchanged"));
  std::filesystem::remove(scratch_ / "ours.list");
  EXPECT_THAT(refusal(78), HasSubstr("ours.list"));
}

TEST_F(ListRefresh, ANameThatCannotBeTakenOutOfItsDomainIsTold) {
  configure("format = native\nexcept = mx.example.com, www.example.net\n");
  feed("10.10.0.0/16\n.example.com\nwww.example.net\n");
  const CommandResult result = refresh();
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("1 excepted"));
  EXPECT_THAT(result.error,
              HasSubstr("feed:2: warning: \".example.com\" stays whole: no entry can say all of it "
                        "without mx.example.com, which except lists\n"
                        "    put mx.example.com into a class that permits\n"));
  EXPECT_THAT(result.error, ::testing::Not(HasSubstr("www.example.net")));
}

TEST_F(ListRefresh, OurOwnAddressesAreNotDenied) {
  configure("format = netset\n");
  feed("# a bogon list\n10.0.0.0/8\n127.0.0.0/8\n");
  EXPECT_THAT(refusal(65), HasSubstr("127.0.0.1"));
  configure("format = netset\nexcept = 127.0.0.0/8\n");
  EXPECT_EQ(refresh().status.code, 0);
}

TEST_F(ListRefresh, AClassWithoutASourceHasNothingToRefresh) {
  write_policy("[listener inbound]\n[class blocked]\naction = deny\nclients = file:blocked.list\n");
  EXPECT_THAT(refusal(65), HasSubstr("class \"blocked\" has no source; write source = PATH"));
}

TEST_F(ListRefresh, DryRunWritesNothing) {
  const std::string before = list();
  const CommandResult result = refresh({"--dry-run"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_THAT(result.output, HasSubstr("2 added, 0 removed"));
  EXPECT_EQ(list(), before);
}

TEST_F(ListRefresh, Json) {
  const auto json = nlohmann::json::parse(refresh({"--json"}).output);
  EXPECT_EQ(json["ok"], true);
  EXPECT_EQ(json["read"], 3);
  EXPECT_EQ(json["added"], 2);
  EXPECT_EQ(json["entries"], 3);
  feed("");
  const CommandResult refused = refresh({"--json"});
  EXPECT_EQ(refused.status.code, 65);
  EXPECT_EQ(nlohmann::json::parse(refused.output)["objections"][0], "holds no entries");
}

}  // namespace
}  // namespace portcullis::testing
