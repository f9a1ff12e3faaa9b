// What clients get while the daemon stops, dies, is away, and is back: a temporary failure at
// worst, never an open door, and nobody has to touch the MTA.

#include <chrono>
#include <csignal>

#include <nlohmann/json.hpp>

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

using std::chrono::milliseconds;

constexpr const char* kPolicy = R"(
[listener inbound]
max_connections_per_client = 3
[class blocked]
action = deny
clients = 127.0.2.0/24
answer_at = helo
reply = 550 5.7.1 Our words
)";

class Availability : public GuardedMtaTest {
 protected:
  void SetUp() override {
    GuardedMtaTest::SetUp();
    if (daemon().running()) return;
    daemon().write_policy(kPolicy);
    daemon().start();
  }

  std::unique_ptr<GuardedMta> make_host() override {
    return std::make_unique<GuardedMta>(GetParam(), kPolicy, GuardedMta::three_services(),
                                        "drain_timeout = 30s\n");
  }

  static void expect_deferred(const std::string& source, std::string_view service = "inbound") {
    const Conversation told = talk_from(source, service);
    EXPECT_EQ(told.banner.code, 220) << told.transcript;
    EXPECT_EQ(told.hello.code, 250) << told.transcript;
    EXPECT_EQ(told.mail.code, 451) << told.transcript;
  }

  static void expect_our_verdicts() {
    expect_permitted("127.0.1.1");
    expect_permitted("::1", "six");
    EXPECT_EQ(talk_from("127.0.2.9").mail.text, "550 5.7.1 Our words");
  }
};
PORTCULLIS_ON_BOTH_MTAS(Availability);

TEST_P(Availability, EveryoneIsDeferredWhileTheDaemonIsDown) {
  expect_our_verdicts();
  EXPECT_EQ(daemon().stop().describe(), "exit 0") << daemon().log();
  expect_deferred("127.0.1.1");
  expect_deferred("127.0.2.9");
  expect_deferred("::1", "six");
}

TEST_P(Availability, RestartedDaemonJudgesTheNextConnection) {
  for (int round = 0; round < 3; ++round) {
    if (round == 1) {
      daemon().stop();
    } else {
      daemon().kill();
    }
    expect_deferred("127.0.1.1");
    daemon().start();
    expect_our_verdicts();
  }
}

TEST_P(Availability, DaemonKilledAmidASessionDefersItAndTheNextOneIsJudged) {
  SmtpClient permitted = greeted("127.0.1.1");
  SmtpClient denied = greeted("127.0.2.9");
  permitted.command("EHLO client.test");
  EXPECT_EQ(daemon().kill().describe(), "signal 9");
  EXPECT_EQ(permitted.command("MAIL FROM:<a@client.test>").code, 451)
      << permitted.transcript_text();
  denied.command("EHLO client.test");
  EXPECT_EQ(denied.command("MAIL FROM:<a@client.test>").code, 451) << denied.transcript_text();

  daemon().start();
  EXPECT_EQ(denied.command("MAIL FROM:<a@client.test>").code, 451)
      << "what was not judged stays deferred: " << denied.transcript_text();
  SmtpClient next = client_from("127.0.1.1");
  EXPECT_TRUE(converse(next).permitted()) << next.transcript_text();
  EXPECT_EQ(host().gauges(), (Gauges{.sessions = 1, .counted = 1, .listeners = {{"inbound", 1}}}))
      << "nobody is counted whom this daemon has not seen";
}

TEST_P(Availability, StoppingDaemonLetsOpenSessionsFinishAndTakesNoNewOnes) {
  SmtpClient permitted = greeted("127.0.1.1");
  SmtpClient denied = greeted("127.0.2.9");
  const std::size_t mark = daemon().log_mark();
  ASSERT_EQ(kill(daemon().pid(), SIGTERM), 0);
  ASSERT_TRUE(daemon().wait_for_log("stopping: 2 sessions are open", mark).has_value());
  ASSERT_TRUE(eventually([] { return daemon().status().at("draining") == true; }));
  expect_deferred("127.0.1.2");
  permitted.command("EHLO client.test");
  EXPECT_EQ(permitted.command("MAIL FROM:<a@client.test>").code, 250)
      << permitted.transcript_text();
  denied.command("EHLO client.test");
  EXPECT_EQ(denied.command("MAIL FROM:<a@client.test>").text, "550 5.7.1 Our words");
  EXPECT_TRUE(daemon().running());

  permitted.quit();
  denied.close();
  EXPECT_TRUE(eventually([] { return !daemon().running(); }));
  EXPECT_EQ(daemon().stop().describe(), "exit 0");
  EXPECT_TRUE(daemon().wait_for_log("stopped: 0 sessions were cut", mark).has_value())
      << daemon().log();
}

TEST_P(Availability, SecondSigtermCutsOpenSessionsAndTheyAreDeferred) {
  SmtpClient permitted = greeted("127.0.1.1");
  const std::size_t mark = daemon().log_mark();
  ASSERT_EQ(kill(daemon().pid(), SIGTERM), 0);
  ASSERT_TRUE(daemon().wait_for_log("stopping: 1 sessions are open", mark).has_value());
  EXPECT_EQ(daemon().stop().describe(), "exit 0");
  EXPECT_TRUE(daemon().wait_for_log("stopped: 1 sessions were cut", mark).has_value())
      << daemon().log();
  permitted.command("EHLO client.test");
  EXPECT_EQ(permitted.command("MAIL FROM:<a@client.test>").code, 451)
      << permitted.transcript_text();
}

TEST_P(Availability, IdleDaemonStopsWithinASecond) {
  expect_our_verdicts();
  ASSERT_TRUE(host().reaches({}));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(daemon().stop().describe(), "exit 0");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds{1000});
}

class MaxSessions : public GuardedMtaTest {
 protected:
  std::unique_ptr<GuardedMta> make_host() override {
    return std::make_unique<GuardedMta>(GetParam(), "[listener inbound]\n",
                                        GuardedMta::three_services(), "max_sessions = 3\n");
  }
};
PORTCULLIS_ON_BOTH_MTAS(MaxSessions);

TEST_P(MaxSessions, OneMoreIsDeferredAndNotCounted) {
  std::vector<SmtpClient> clients;
  for (int number = 0; number < 3; ++number) clients.push_back(greeted("127.0.1.1"));
  const Conversation told = talk_from("127.0.1.1");
  EXPECT_EQ(told.banner.code, 220) << told.transcript;
  EXPECT_EQ(told.mail.code, 451) << told.transcript;
  EXPECT_TRUE(host().reaches({.sessions = 3, .counted = 3, .listeners = {{"inbound", 3}}}));
  EXPECT_EQ(daemon().status().at("refused_over_max_sessions"), 1);
  clients.pop_back();
  EXPECT_TRUE(eventually([] { return host().gauges().sessions == 2; }));
  expect_permitted("127.0.1.1");
}

}  // namespace
}  // namespace portcullis::testing
