// A reload changes the policy of new sessions, or nothing.

#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kPolicy = R"(
[listener inbound]
max_connections_per_client = 2
[class blocked]
action = deny
clients = file:blocked.list
)";

class Reload : public ::testing::Test {
 protected:
  void SetUp() override {
    write_list(20);
    daemon.write_policy(kPolicy);
    daemon.start();
  }

  // Networks 192.0.0.0/24 to 192.0.(count - 1).0/24.
  void write_list(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "192.0." + std::to_string(i) + ".0/24\n";
    daemon.write_list("blocked.list", text);
  }

  nlohmann::json reload(const std::string& request = "reload") {
    return nlohmann::json::parse(daemon.control(request), nullptr, false);
  }

  bool is_denied(const std::string& address) {
    MilterClient session = daemon.client();
    const auto reply = session.connect(AnnouncedClient::ipv4(address));
    return reply && !reply.is_continue();
  }

  PortcullisDaemon daemon;
};

TEST_F(Reload, WhatEachListHoldsIsLoggedIfAskedFor) {
  daemon.stop();
  daemon.start({"-v"});
  write_list(21);
  reload();
  const std::string path = daemon.scratch() / "blocked.list";
  EXPECT_TRUE(eventually([&] {
    return daemon.log_has("list " + path + " of class blocked: 21 entries, 20 before");
  })) << daemon.log();
}

TEST_F(Reload, NewEntriesAreInForceOnceTheAnswerIsThere) {
  EXPECT_FALSE(is_denied("192.0.20.1"));
  write_list(21);
  const auto result = reload();
  EXPECT_EQ(result["ok"], true);
  EXPECT_EQ(result["generation"], 2);
  EXPECT_THAT(result["restart_needed"], IsEmpty());
  EXPECT_TRUE(is_denied("192.0.20.1"));
  EXPECT_EQ(daemon.status()["entries"], 21);
}

TEST_F(Reload, SignalUsr1Reloads) {
  write_list(21);
  daemon.signal(SIGUSR1);
  EXPECT_TRUE(daemon.status_becomes("generation", 2));
  EXPECT_TRUE(is_denied("192.0.20.1"));
}

TEST_F(Reload, EveryErrorIsToldAndTheOldPolicyStays) {
  daemon.write_list("blocked.list", "192.0.0.0/24\n192.0.2.300\nnonsense here\n");
  const auto result = reload();
  EXPECT_EQ(result["ok"], false);
  EXPECT_EQ(result["generation"], 1);
  const auto lines = result["diagnostics"].get<std::vector<std::string>>();
  EXPECT_THAT(lines, Contains(HasSubstr("blocked.list:2: error: \"192.0.2.300\"")));
  EXPECT_THAT(lines, Contains(HasSubstr("blocked.list:3: error:")));
  EXPECT_TRUE(is_denied("192.0.19.1"));
  EXPECT_EQ(daemon.status()["reloads"]["failed"], 1);
  EXPECT_TRUE(eventually([&] { return daemon.log_has("policy not reloaded"); }));
  EXPECT_THAT(daemon.log(), HasSubstr("blocked.list:3: error:"));
}

TEST_F(Reload, AListThatVanishesOpensNoDoor) {
  std::filesystem::remove(daemon.scratch() / "blocked.list");
  EXPECT_EQ(reload()["ok"], false);
  EXPECT_EQ(reload("reload force")["ok"], false);
  EXPECT_TRUE(is_denied("192.0.19.1"));
}

TEST_F(Reload, AListThatShrankIsTakenOnlyByForce) {
  write_list(9);
  const auto refused = reload();
  EXPECT_EQ(refused["ok"], false);
  EXPECT_THAT(refused["diagnostics"].dump(), HasSubstr("blocked.list"));
  EXPECT_TRUE(is_denied("192.0.19.1"));
  EXPECT_EQ(reload("reload force")["ok"], true);
  EXPECT_FALSE(is_denied("192.0.19.1"));
  EXPECT_TRUE(is_denied("192.0.8.1"));
}

TEST_F(Reload, SettingsOfTheDaemonNeedARestart) {
  daemon.write_policy(kPolicy, "max_sessions = 100\ndrain_timeout = 9s\n");
  const auto result = reload();
  EXPECT_EQ(result["ok"], true);
  EXPECT_THAT(result["restart_needed"].get<std::vector<std::string>>(),
              ElementsAre("daemon.max_sessions", "daemon.drain_timeout"));
  EXPECT_EQ(daemon.status()["max_sessions"], 8192);
  EXPECT_TRUE(
      eventually([&] { return daemon.log_has("daemon.max_sessions has changed: restart"); }));
}

TEST_F(Reload, SessionsKeepThePolicyThatTheyStartedWith) {
  MilterClient negotiated_before = daemon.client();
  write_list(21);
  EXPECT_EQ(reload()["ok"], true);
  EXPECT_TRUE(negotiated_before.connect(AnnouncedClient::ipv4("192.0.20.1")).is_continue());
  EXPECT_TRUE(is_denied("192.0.20.1"));
}

TEST_F(Reload, NobodyWaitsForAHeloThatTheMtaWasToldNotToSend) {
  MilterClient before = daemon.client();  // negotiated without HELO
  daemon.write_policy(std::string(kPolicy) + "answer_at = helo\n");
  EXPECT_EQ(reload()["ok"], true);
  EXPECT_FALSE(before.connect(AnnouncedClient::ipv4("192.0.1.1")).is_continue());
  MilterClient after = daemon.client();
  EXPECT_TRUE(after.connect(AnnouncedClient::ipv4("192.0.1.1")).is_continue());
  EXPECT_FALSE(after.helo("x").is_continue());
}

TEST_F(Reload, CountsOutlastIt) {
  const AnnouncedClient client = AnnouncedClient::ipv4("10.0.0.1");
  MilterClient first = daemon.client();
  ASSERT_TRUE(first.connect(client).is_continue());
  EXPECT_EQ(reload()["ok"], true);
  EXPECT_EQ(daemon.status()["counted"], 1);
  MilterClient second = daemon.client();
  EXPECT_TRUE(second.connect(client).is_continue());
  EXPECT_TRUE(is_denied("10.0.0.1"));
  first.quit();
  EXPECT_TRUE(daemon.status_becomes("counted", 1));
  second.quit();
  EXPECT_TRUE(daemon.status_becomes("counted", 0));
}

TEST_F(Reload, AListenerThatIsGoneStillShowsWhatItHolds) {
  MilterClient held = daemon.client();
  ASSERT_TRUE(held.connect(AnnouncedClient::ipv4("10.0.0.1")).is_continue());
  daemon.write_policy(
      "[listener renamed]\n[class blocked]\naction = deny\n"
      "clients = file:blocked.list\n");
  EXPECT_EQ(reload()["ok"], true);
  const auto status = daemon.status();
  EXPECT_EQ(status["counted"], 1);
  EXPECT_EQ(status["listeners"]["inbound"]["connections"], 1);
  EXPECT_EQ(status["listeners"]["renamed"]["connections"], 0);
  held.quit();
  EXPECT_TRUE(eventually([&] { return !daemon.status()["listeners"].contains("inbound"); }));
}

TEST_F(Reload, AStormOfRequestsUnderLoadIsCoalescedAndLosesNobody) {
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::atomic<int> sessions{0};
  std::vector<std::thread> load;
  for (int t = 0; t < 4; ++t) {
    load.emplace_back([&, t] {
      const AnnouncedClient denied = AnnouncedClient::ipv4("192.0.1.1");
      for (int i = 0; !stop; ++i) {
        // Another address each time: a place is given back a moment after its session has ended.
        const AnnouncedClient other =
            AnnouncedClient::ipv4("10." + std::to_string(t) + "." + std::to_string(i / 200 % 200) +
                                  "." + std::to_string(i % 200 + 1));
        const bool expect_denied = ++sessions % 2 == 0;
        MilterClient session = daemon.client();
        const auto reply = session.connect(expect_denied ? denied : other);
        if (!reply || reply.is_continue() == expect_denied) ++wrong;
        session.quit();
      }
    });
  }
  constexpr int kRequests = 500;
  for (int i = 0; i < kRequests; ++i) daemon.signal(SIGUSR1);
  EXPECT_TRUE(eventually([&] { return sessions > 500; }));
  stop = true;
  for (std::thread& thread : load) thread.join();
  EXPECT_EQ(reload()["ok"], true);
  const auto status = daemon.status();
  EXPECT_GE(status["generation"], 3);
  // A request takes microseconds and a reload far longer, however the two are scheduled.
  EXPECT_LT(status["generation"], kRequests);
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(daemon.status_becomes("counted", 0));
}

}  // namespace
}  // namespace portcullis::testing
