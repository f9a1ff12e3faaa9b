// What the daemon counts of its entries, and whom it knows to be there.

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "config/entry_line.h"
#include "config/time_text.h"
#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr const char* kPolicy = R"(
[listener inbound]
[class inner]
action = exempt
clients = 10.0.0.0/8
[class partners]
action = permit
max_connections_per_client = 1
clients = 203.0.113.0/24
[class watched]
action = deny
mode = observe
clients = 198.51.100.0/24
[class blocked]
action = deny
clients = file:blocked.list
)";

// By the daemon's clock: time(2) may lag behind it, into the second before.
std::int64_t seconds_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())
      .time_since_epoch()
      .count();
}

class EntryHits : public ::testing::Test {
 protected:
  void SetUp() override {
    daemon.write_list("blocked.list", "192.0.2.0/24\n192.0.3.3-192.0.3.9\n.spam.example\n");
    daemon.write_policy(kPolicy);
    daemon.start();
  }

  void meet(const AnnouncedClient& client, int times = 1) {
    for (int i = 0; i < times; ++i) {
      ASSERT_TRUE(daemon.client().connect(client));
    }
  }

  // Text and count of every entry of the class that has hits.
  std::vector<std::pair<std::string, int>> counts(const std::string& client_class) {
    std::vector<std::pair<std::string, int>> found;
    const auto answer = daemon.ask("hits " + client_class);
    for (const auto& entry : answer.at("entries")) {
      found.emplace_back(entry.at("text"), entry.at("count"));
    }
    return found;
  }

  PortcullisDaemon daemon;
};

TEST_F(EntryHits, AnAnswerHasEveryKey) {
  const std::int64_t before = seconds_now();
  meet(AnnouncedClient::ipv4("192.0.2.1"), 2);
  const auto answer = daemon.ask("hits blocked");
  EXPECT_EQ(answer.at("ok"), true);
  EXPECT_EQ(answer.at("class"), "blocked");
  EXPECT_EQ(answer.at("truncated"), false);
  const auto since = parse_time(answer.at("since").get<std::string>());
  ASSERT_TRUE(since);
  EXPECT_LE(since->time_since_epoch().count(), before);
  ASSERT_EQ(answer.at("entries").size(), 1U);
  const auto entry = answer.at("entries").front();
  EXPECT_EQ(entry.at("text"), "192.0.2.0/24");
  EXPECT_EQ(entry.at("file"), (daemon.scratch() / "blocked.list").string());
  EXPECT_EQ(entry.at("line"), 1);
  EXPECT_EQ(entry.at("count"), 2);
  const auto last = parse_time(entry.at("last").get<std::string>());
  ASSERT_TRUE(last);
  EXPECT_GE(last->time_since_epoch().count(), before);
  EXPECT_LE(last->time_since_epoch().count(), seconds_now());
}

TEST_F(EntryHits, EveryVerdictCountsForTheEntryThatDecidedIt) {
  EXPECT_THAT(counts("blocked"), IsEmpty());
  meet(AnnouncedClient::ipv4("192.0.3.3"));  // three parts of one range
  meet(AnnouncedClient::ipv4("192.0.3.4"));
  meet(AnnouncedClient::ipv4("192.0.3.9"));
  meet(AnnouncedClient::ipv4("172.16.0.1").named("mx.spam.example"));
  meet(AnnouncedClient::ipv4("10.1.2.3"), 2);
  meet(AnnouncedClient::ipv4("198.51.100.7"));
  meet(AnnouncedClient::ipv4("172.16.0.1"));  // nobody's entry
  EXPECT_THAT(counts("blocked"),
              UnorderedElementsAre(Pair("192.0.3.3-192.0.3.9", 3), Pair(".spam.example", 1)));
  EXPECT_THAT(counts("inner"), ElementsAre(Pair("10.0.0.0/8", 2)));
  EXPECT_THAT(counts("watched"), ElementsAre(Pair("198.51.100.0/24", 1))) << "observed ones too";
  EXPECT_THAT(counts("partners"), IsEmpty());
}

TEST_F(EntryHits, AClientOverALimitCountsForTheEntryThatMadeItOneOfItsClass) {
  const AnnouncedClient partner = AnnouncedClient::ipv4("203.0.113.1");
  MilterClient held = daemon.client();
  ASSERT_TRUE(held.connect(partner).is_continue());
  MilterClient refused = daemon.client();
  EXPECT_THAT(refused.connect(partner).smtp_reply(), HasSubstr("421"));
  EXPECT_THAT(counts("partners"), ElementsAre(Pair("203.0.113.0/24", 2)));
}

TEST_F(EntryHits, AReloadKeepsWhatStaysAndForgetsWhatWent) {
  const auto since = daemon.ask("hits blocked").at("since");
  meet(AnnouncedClient::ipv4("192.0.2.1"), 3);
  meet(AnnouncedClient::ipv4("192.0.3.3"));
  meet(AnnouncedClient::ipv4("192.0.3.9"));
  meet(AnnouncedClient::ipv4("172.16.0.1").named("mx.spam.example"));
  // Another order and line, a comment; a text that has changed; an entry that has gone.
  daemon.write_list("blocked.list",
                    "# moved\n192.0.4.0/24\n192.0.3.3-192.0.3.10\n\n192.0.2.0/24 # still here\n");
  EXPECT_EQ(daemon.ask("reload").at("ok"), true);
  const auto answer = daemon.ask("hits blocked");
  EXPECT_EQ(answer.at("since"), since);
  ASSERT_EQ(answer.at("entries").size(), 1U) << answer.dump();
  EXPECT_EQ(answer.at("entries").front().at("text"), "192.0.2.0/24");
  EXPECT_EQ(answer.at("entries").front().at("count"), 3);
  EXPECT_EQ(answer.at("entries").front().at("line"), 5);

  daemon.write_list("blocked.list", "192.0.3.3-192.0.3.9\n192.0.2.0/24\n.spam.example\n");
  EXPECT_EQ(daemon.ask("reload").at("ok"), true);
  EXPECT_THAT(counts("blocked"), ElementsAre(Pair("192.0.2.0/24", 3))) << "the others start anew";
}

// A session counts at the policy that it began under, however late its client comes.
TEST_F(EntryHits, WhatIsCountedUnderAReplacedPolicyIsNotLost) {
  MilterClient late = daemon.client();
  MilterClient later = daemon.client();
  meet(AnnouncedClient::ipv4("192.0.2.1"));
  EXPECT_EQ(daemon.ask("reload").at("ok"), true);
  ASSERT_TRUE(late.connect(AnnouncedClient::ipv4("192.0.2.2")));
  EXPECT_THAT(counts("blocked"), ElementsAre(Pair("192.0.2.0/24", 2)));
  EXPECT_EQ(daemon.ask("reload").at("ok"), true);
  ASSERT_TRUE(later.connect(AnnouncedClient::ipv4("192.0.2.3")));
  late.quit();
  later.quit();
  EXPECT_TRUE(daemon.status_becomes("sessions", 0));
  EXPECT_EQ(daemon.ask("reload").at("ok"), true);  // frees the policies that nobody holds
  EXPECT_THAT(counts("blocked"), ElementsAre(Pair("192.0.2.0/24", 3)));
}

TEST_F(EntryHits, AreExactThroughAStormOfReloads) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 150;
  std::atomic<int> unanswered{0};
  std::vector<std::thread> load;
  for (int t = 0; t < kThreads; ++t) {
    load.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        MilterClient session = daemon.client();
        if (!session.connect(AnnouncedClient::ipv4("192.0.2.1"))) ++unanswered;
      }
    });
  }
  int before = 0;
  for (int i = 0; i < 100; ++i) {
    daemon.signal_reload();
    const auto now = counts("blocked");
    const int count = now.empty() ? 0 : now.front().second;
    EXPECT_GE(count, before) << "no question falls between two policies";
    before = count;
  }
  for (std::thread& thread : load) thread.join();
  EXPECT_EQ(unanswered, 0);
  EXPECT_THAT(counts("blocked"), ElementsAre(Pair("192.0.2.0/24", kThreads * kRounds)));
}

TEST_F(EntryHits, AClassThatIsNotThereIsAnError) {
  for (const std::string request : {"hits nobody", "hits", "hits blocked now"}) {
    EXPECT_EQ(daemon.ask(request).at("ok"), false) << request;
  }
}

TEST_F(EntryHits, ManyEntriesAreReported) {
  std::string list;
  constexpr int kEntries = 2'000;
  for (int i = 0; i < kEntries; ++i) list += fmt::format("192.1.{}.{}\n", i / 200, i % 200);
  daemon.write_list("blocked.list", list);
  EXPECT_EQ(daemon.ask("reload").at("ok"), true);
  for (int i = 0; i < kEntries; i += 4) {
    meet(AnnouncedClient::ipv4(fmt::format("192.1.{}.{}", i / 200, i % 200)));
  }
  const auto found = counts("blocked");
  EXPECT_EQ(found.size(), kEntries / 4U);
  EXPECT_THAT(found, ::testing::Each(Pair(::testing::_, 1)));
}

using Peers = EntryHits;

TEST_F(Peers, EveryClientIsThereOnceWhateverItsVerdict) {
  EXPECT_EQ(daemon.ask("peers").dump(), R"({"ok":true,"peers":[],"truncated":false})");
  std::vector<MilterClient> held;
  const AnnouncedClient clients[] = {
      AnnouncedClient::ipv4("192.0.2.1"),   AnnouncedClient::ipv4("10.0.0.1"),
      AnnouncedClient::ipv4("172.16.0.1"),  AnnouncedClient::ipv4("172.16.0.1"),
      AnnouncedClient::ipv4("203.0.113.1"), AnnouncedClient::ipv6("2001:db8::1"),
  };
  for (const AnnouncedClient& client : clients) {
    held.push_back(daemon.client());
    ASSERT_TRUE(held.back().connect(client));
  }
  MilterClient silent = daemon.client();
  EXPECT_THAT(daemon.ask("peers").at("peers"),
              ElementsAre("10.0.0.1", "172.16.0.1", "192.0.2.1", "203.0.113.1", "2001:db8::1"));
  held.erase(held.begin() + 1, held.begin() + 3);  // 10.0.0.1 and one of the two
  EXPECT_TRUE(daemon.status_becomes("sessions", 5));
  EXPECT_THAT(daemon.ask("peers").at("peers"),
              ElementsAre("172.16.0.1", "192.0.2.1", "203.0.113.1", "2001:db8::1"));
  held.clear();
  silent.close();
  EXPECT_TRUE(daemon.status_becomes("sessions", 0));
  EXPECT_THAT(daemon.ask("peers").at("peers"), IsEmpty());
}

TEST_F(Peers, LocalSubmissionIsNobody) {
  AnnouncedClient local;
  local.family = 'L';
  local.address = "/dev/null";
  MilterClient session = daemon.client();
  ASSERT_TRUE(session.connect(local));
  EXPECT_EQ(daemon.status().at("sessions"), 1);
  EXPECT_THAT(daemon.ask("peers").at("peers"), IsEmpty());
}

}  // namespace
}  // namespace portcullis::testing
