// A reload while clients are connected: sessions keep the policy they began under, and the counts
// go on.

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

class Reload : public GuardedMtaTest {
 protected:
  // Puts the policy in force while clients are connected.
  static void switch_to(std::string_view policy) {
    daemon().write_policy(policy);
    const CommandResult result = daemon().cli({"reload"});
    ASSERT_EQ(result.status.code, 0) << result.error;
  }
  static int generation() { return daemon().status().at("generation"); }
};
PORTCULLIS_ON_BOTH_MTAS(Reload);

constexpr const char* kOpen = "[listener inbound]\n";
constexpr const char* kToldAtHelo = R"(
[listener inbound]
[class blocked]
action = deny
clients = 127.0.2.0/24
answer_at = helo
reply = 550 5.7.1 Under the old policy
)";
constexpr const char* kToldAtHeloInverted = R"(
[listener inbound]
[class blocked]
action = deny
clients = 127.0.1.0/24
answer_at = helo
reply = 550 5.7.1 Under the new policy
)";

TEST_P(Reload, OpenSessionsKeepTheirPolicyAndNewOnesGetTheNewOne) {
  host().use_policy(kToldAtHelo);
  SmtpClient permitted = greeted("127.0.1.1");
  SmtpClient denied = greeted("127.0.2.2");
  switch_to(kToldAtHeloInverted);

  EXPECT_TRUE([&] {
    return permitted.command("EHLO client.test").code == 250 &&
           permitted.command("MAIL FROM:<a@client.test>").code == 250;
  }()) << permitted.transcript_text();
  denied.command("EHLO client.test");
  EXPECT_EQ(denied.command("MAIL FROM:<a@client.test>").text, "550 5.7.1 Under the old policy");

  EXPECT_EQ(talk_from("127.0.1.1").mail.text, "550 5.7.1 Under the new policy");
  expect_permitted("127.0.2.2");
}

// The old policy had asked the MTA for no HELO and no MAIL.
TEST_P(Reload, OpenSessionIsNotDisturbedWhenThePolicyBeginsToAnswerAtHelo) {
  host().use_policy(kOpen);
  SmtpClient before = greeted("127.0.1.1");
  switch_to(kToldAtHeloInverted);
  before.command("EHLO client.test");
  EXPECT_EQ(before.command("MAIL FROM:<a@client.test>").code, 250) << before.transcript_text();
  EXPECT_EQ(talk_from("127.0.1.1").mail.text, "550 5.7.1 Under the new policy");
}

TEST_P(Reload, OpenSessionsStayCounted) {
  host().use_policy(kOpen);
  SmtpClient one = greeted("127.0.1.1");
  SmtpClient two = greeted("127.0.1.1");
  const Gauges open{.sessions = 2, .counted = 2, .listeners = {{"inbound", 2}}};
  EXPECT_EQ(host().gauges(), open);
  switch_to("[listener inbound]\nmax_connections_per_client = 2\n");
  EXPECT_EQ(host().gauges(), open);
  expect_turned_away("127.0.1.1");
  one.quit();
  EXPECT_TRUE(host().reaches({.sessions = 1, .counted = 1, .listeners = {{"inbound", 1}}}));
  SmtpClient three = greeted("127.0.1.1");
  expect_turned_away("127.0.1.1");
  two.quit();
  three.quit();
  EXPECT_TRUE(host().reaches({})) << to_string(host().gauges());
}

TEST_P(Reload, ClassesThatAreGoneKeepTheirCountsUntilTheirSessionsEnd) {
  host().use_policy(
      "[listener inbound]\n[class partners]\naction = permit\nclients = 127.0.1.0/24\n");
  SmtpClient old = greeted("127.0.1.1");
  switch_to("[listener inbound]\n[class friends]\naction = permit\nclients = 127.0.1.0/24\n");
  SmtpClient young = greeted("127.0.1.1");
  EXPECT_EQ(host().gauges(), (Gauges{.sessions = 2,
                                     .counted = 2,
                                     .listeners = {{"inbound", 2}},
                                     .classes = {{"friends", 1}, {"partners", 1}}}));
  old.quit();
  EXPECT_TRUE(host().reaches(
      {.sessions = 1, .counted = 1, .listeners = {{"inbound", 1}}, .classes = {{"friends", 1}}}))
      << to_string(host().gauges());
  EXPECT_FALSE(daemon().status().at("classes").contains("partners"));
}

TEST_P(Reload, PolicyWithErrorsReportsThemAllAndChangesNothing) {
  host().use_policy(kToldAtHelo);
  const int before = generation();
  const int failed = daemon().status().at("reloads").at("failed");
  SmtpClient open = greeted("127.0.1.1");
  const std::size_t mark = daemon().log_mark();
  daemon().write_list("wrong.list", "127.0.9.1\n127.0.9.300\n");
  daemon().write_policy(R"(
[listener inbound]
max_connections = 0
default = perhaps
[class blocked]
action = deny
clients = file:wrong.list
clients = 192.0.2.1.5
colour = blue
)");
  const CommandResult result = daemon().cli({"reload"});
  EXPECT_EQ(result.status.code, 78) << result.output;
  const std::string policy = daemon().policy_path();
  const std::string list = daemon().scratch() / "wrong.list";
  for (const std::string& culprit :
       {std::string("max_connections"), std::string("perhaps"),
        list + ":2: error:", std::string("192.0.2.1.5"), std::string("colour")}) {
    EXPECT_NE(result.error.find(culprit), std::string::npos) << culprit << "\n" << result.error;
    EXPECT_TRUE(daemon().wait_for_log(culprit, mark).has_value()) << culprit;
  }
  EXPECT_NE(result.error.find(policy + ":"), std::string::npos) << result.error;

  EXPECT_EQ(generation(), before);
  EXPECT_EQ(daemon().status().at("reloads").at("failed"), failed + 1);
  EXPECT_EQ(open.command("NOOP").code, 250);
  EXPECT_EQ(talk_from("127.0.2.2").mail.text, "550 5.7.1 Under the old policy");
  expect_permitted("127.0.1.1");
}

TEST_P(Reload, ListThatHasShrunkIsRefusedUnlessForced) {
  std::string ten;
  for (int number = 1; number <= 10; ++number) ten += fmt::format("127.0.2.{}\n", number);
  daemon().write_list("feed.list", ten);
  const char* policy =
      "[listener inbound]\n[class blocked]\naction = deny\nclients = file:feed.list\n";
  host().use_policy(policy);
  expect_denied("127.0.2.9");

  for (const char* shrunk : {"127.0.2.1\n127.0.2.2\n", ""}) {
    daemon().write_list("feed.list", shrunk);
    const CommandResult refused = daemon().cli({"reload"});
    EXPECT_EQ(refused.status.code, 78) << refused.output;
    EXPECT_NE(refused.error.find("feed.list"), std::string::npos) << refused.error;
    EXPECT_FALSE(daemon().reload()) << "SIGUSR1 forces nothing either";
    expect_denied("127.0.2.9");
  }
  daemon().write_list("feed.list", "127.0.2.1\n127.0.2.2\n");
  EXPECT_EQ(daemon().cli({"reload", "--force"}).status.code, 0);
  expect_permitted("127.0.2.9");
  expect_denied("127.0.2.2");
}

TEST_P(Reload, PermitEntryForADeniedClientWorksAtItsNextConnection) {
  const std::string policy = R"(
[listener inbound]
[class blocked]
action = deny
clients = 127.0.2.0/24
[class partners]
action = permit
clients = file:partners.list
)";
  daemon().write_list("partners.list", "127.0.3.1\n");
  host().use_policy(policy);
  expect_denied("127.0.2.25");
  daemon().write_list("partners.list", "127.0.3.1\n127.0.2.25\n");
  EXPECT_TRUE(daemon().reload()) << daemon().log();
  expect_permitted("127.0.2.25");
  expect_denied("127.0.2.24");
}

TEST_P(Reload, StormOfSignalsDisturbsNobody) {
  host().use_policy("[listener inbound]\nmax_connections_per_client = 3\n");
  SmtpClient one = greeted("127.0.1.1");
  const int before = generation();
  for (int number = 0; number < 200; ++number) {
    daemon().signal_reload();
    if (number % 20 == 0) expect_permitted("127.0.1.1");
  }
  EXPECT_TRUE(eventually([&] { return generation() > before; }));
  EXPECT_EQ(one.command("NOOP").code, 250);
  EXPECT_TRUE(host().reaches({.sessions = 1, .counted = 1, .listeners = {{"inbound", 1}}}));
  EXPECT_TRUE(daemon().running());
}

}  // namespace
}  // namespace portcullis::testing
