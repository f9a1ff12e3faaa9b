// list show --hits: the entries as the files have them, the figures as the daemon has them.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/list/hits_by_entry.h"
#include "tests/cli/cli_fixture.h"
#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class ListHits : public ::testing::Test {
 protected:
  ListHits() {
    daemon.write_list("blocked.list",
                      "192.0.2.0:255.255.255.0\n192.0.3.3-192.0.3.9 # part of theirs\n"
                      ".Spam.Example\n2001:DB8::1\n");
    daemon.write_policy(
        "[listener inbound]\n[class blocked]\naction = deny\nclients = file:blocked.list\n");
    daemon.start();
    const AnnouncedClient named = AnnouncedClient::ipv4("10.0.0.1").named("mx.spam.example");
    for (const AnnouncedClient& client :
         {AnnouncedClient::ipv4("192.0.2.1"), AnnouncedClient::ipv4("192.0.2.2"), named,
          AnnouncedClient::ipv4("192.0.3.3"), AnnouncedClient::ipv4("192.0.3.9")}) {
      daemon.client().connect(client);
    }
  }

  PortcullisDaemon daemon;
};

TEST_F(ListHits, StandBesideEachEntryHoweverItIsWritten) {
  const CommandResult result = daemon.cli({"list", "show", "blocked", "--hits"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, ContainsRegex("\nhits since 20[0-9T:-]+Z\n"));
  EXPECT_THAT(result.output, ContainsRegex("\nENTRY +HITS +LAST HIT +EXPIRES "));
  EXPECT_THAT(result.output, ContainsRegex("\n192.0.2.0:255.255.255.0 +2 +20[0-9T:-]+Z +- "));
  EXPECT_THAT(result.output, ContainsRegex("\n192.0.3.3-192.0.3.9 +2 +20[0-9T:-]+Z +- "));
  EXPECT_THAT(result.output, ContainsRegex("\n.Spam.Example +1 +20[0-9T:-]+Z +- "));
  EXPECT_THAT(result.output, ContainsRegex("\n2001:DB8::1 +0 +- +- "));
}

// The list has been edited, and no reload has been made.
TEST_F(ListHits, AreFoundByWhatAnEntryNamesNotByItsLine) {
  daemon.write_list("blocked.list", "# moved\n\n192.0.4.1\n192.0.2.0/24\n");
  const CommandResult result = daemon.cli({"--json", "list", "show", "blocked", "--hits"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  const auto json = nlohmann::json::parse(result.output);
  EXPECT_EQ(json["hits_truncated"], false);
  EXPECT_TRUE(json["hits_since"].is_string());
  EXPECT_EQ(json["entries"][0]["hits"], 0);
  EXPECT_TRUE(json["entries"][0]["last_hit"].is_null());
  EXPECT_EQ(json["entries"][1]["hits"], 2);
  EXPECT_TRUE(json["entries"][1]["last_hit"].is_string());
}

TEST_F(ListHits, WithoutADaemonTheListIsShownAndTheReasonToo) {
  daemon.stop();
  const CommandResult text = daemon.cli({"list", "show", "blocked", "--hits"});
  EXPECT_EQ(text.status.code, 69);
  EXPECT_THAT(text.error, HasSubstr("is portcullisd running?"));
  EXPECT_THAT(text.output, HasSubstr("192.0.2.0:255.255.255.0"));
  EXPECT_THAT(text.output, Not(HasSubstr("HITS")));
  const auto json =
      nlohmann::json::parse(daemon.cli({"--json", "list", "show", "blocked", "--hits"}).output);
  EXPECT_TRUE(json["hits_since"].is_null());
  EXPECT_TRUE(json["entries"][0]["hits"].is_null());
}

TEST(HitsByEntry, WhatATruncatedAnswerLeavesOutIsUnknownNotZero) {
  const Listed named = IpPrefix(*IpAddress::parse("192.0.2.0"), 24);
  const Listed other = IpPrefix::host(*IpAddress::parse("192.0.2.1"));
  ClassHits hits{Time(), {{"192.0.2.0/24", "a.list", 1, 7, Time()}}, false};
  EXPECT_EQ(HitsByEntry(hits).of(named).count, 7U);
  EXPECT_EQ(HitsByEntry(hits).of(other).count, 0U);
  hits.truncated = true;
  EXPECT_EQ(HitsByEntry(hits).of(named).count, 7U);
  EXPECT_EQ(HitsByEntry(hits).of(other).count, std::nullopt);
}

}  // namespace
}  // namespace portcullis::testing
