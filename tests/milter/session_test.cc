// Sessions: what is counted, and that it is given back however they end.

#include <thread>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kPolicy = R"(
[listener inbound]
max_connections_per_client = 3
[class inner]
action = exempt
clients = 10.0.0.0/8
[class blocked]
action = deny
answer_at = helo
clients = 198.51.100.0/24
)";

class Sessions : public ::testing::Test {
 protected:
  void SetUp() override {
    daemon.write_policy(kPolicy, "max_sessions = 40\n");
    daemon.start();
  }

  MilterClient connected_client(const AnnouncedClient& who) {
    MilterClient session = daemon.client();
    const auto reply = session.connect(who);
    EXPECT_TRUE(reply && reply.is_continue());
    return session;
  }

  // Everything that was taken has been given back.
  void expect_empty() {
    EXPECT_TRUE(daemon.status_becomes("sessions", 0)) << daemon.status().dump();
    const auto status = daemon.status();
    EXPECT_EQ(status["counted"], 0);
    EXPECT_EQ(status["client_networks"], 0);
    EXPECT_EQ(status["listeners"]["inbound"]["connections"], 0);
  }

  const AnnouncedClient client = AnnouncedClient::ipv4("192.0.2.1");
  PortcullisDaemon daemon;
};

TEST_F(Sessions, OneMoreThanTheLimitIsToldToComeBack) {
  std::vector<MilterClient> held;
  for (int i = 0; i < 3; ++i) held.push_back(connected_client(client));
  EXPECT_EQ(daemon.status()["counted"], 3);
  MilterClient fourth = daemon.client();
  EXPECT_THAT(fourth.connect(client).smtp_reply(), StartsWith("421 4."));
  EXPECT_EQ(daemon.status()["counted"], 3);
  EXPECT_TRUE(
      eventually([&] { return daemon.log_has("verdict=tempfail action=default limit=client"); }));
}

TEST_F(Sessions, HowAVerdictCameToBeIsLoggedOnlyIfAskedFor) {
  connected_client(client);
  EXPECT_TRUE(eventually([&] { return daemon.log_has("verdict=continue"); }));
  EXPECT_THAT(daemon.log(), Not(HasSubstr("debug")));
  daemon.stop();
  daemon.start({"-v"});
  const MilterClient held = connected_client(client);
  connected_client(client.on_service("smt\npd", "192.0.2.9", "26"));
  for (const char* line :
       {"the MTA offers actions 0x1ff and steps 0x1fffff: asked for CONNECT, HELO and MAIL",
        "service daemon_name=inbound daemon_addr= daemon_port= is listener inbound",
        "daemon_addr=192.0.2.9 daemon_port=26 is no listener's, and taken for listener inbound",
        "client 192.0.2.1 counts as 192.0.2.1: 2 connections, 3 are allowed"}) {
    EXPECT_TRUE(eventually([&] { return daemon.log_has(line); })) << line << '\n' << daemon.log();
  }
}

TEST_F(Sessions, EveryEndingGivesThePlaceBack) {
  const std::vector<std::function<void(MilterClient&)>> endings = {
      [](MilterClient& session) { session.quit(); },
      [](MilterClient& session) { session.close(); },
      [](MilterClient& session) { session.abort(), session.close(); },
      [](MilterClient& session) { session.send_raw(std::string("\0\0", 2)), session.close(); },
      [](MilterClient& session) {
        session.send_raw(std::string("\0\0\0\x30H12", 7)), session.close();
      },
      [](MilterClient& session) { session.send_raw(std::string("\xff\xff\xff\xff", 4)); },
      [](MilterClient& session) { session.quit_nc(), session.close(); },
      [](MilterClient& session) { session.mail(), session.close(); },
  };
  for (std::size_t i = 0; i < endings.size(); ++i) {
    for (int round = 0; round < 5; ++round) {
      MilterClient session = connected_client(client);
      endings[i](session);
      session.close();
      ASSERT_TRUE(daemon.status_becomes("counted", 0)) << "ending " << i;
    }
  }
  expect_empty();
}

TEST_F(Sessions, SessionsThatNeverConnectAreNoBurden) {
  for (int i = 0; i < 20; ++i) {
    MilterClient never(daemon.milter_socket());
    MilterClient only_negotiated = daemon.client();
  }
  expect_empty();
}

TEST_F(Sessions, ExemptClientsAreNotCounted) {
  std::vector<MilterClient> held;
  for (int i = 0; i < 6; ++i) held.push_back(connected_client(AnnouncedClient::ipv4("10.1.1.1")));
  EXPECT_EQ(daemon.status()["counted"], 0);
  EXPECT_EQ(daemon.status()["sessions"], 6);
}

TEST_F(Sessions, ASecondConnectIsNotAnsweredAndCountsNothing) {
  MilterClient session = connected_client(client);
  session.send_connect(client);  // libmilter ignores what is out of order
  EXPECT_TRUE(session.stays_silent(std::chrono::milliseconds(100)));
  EXPECT_EQ(daemon.status()["counted"], 1);
  session.close();
  expect_empty();
}

TEST_F(Sessions, HeloBeforeConnectIsNoCrash) {
  MilterClient session = daemon.client();
  session.send_command('H', std::string("x\0", 2));
  MilterClient mail_only = daemon.client();
  mail_only.send_command('M', std::string("<a@b>\0", 6));
  session.close();
  mail_only.close();
  expect_empty();
  EXPECT_EQ(daemon.status()["internal_errors"], 0);
}

TEST_F(Sessions, TheNextClientOfAReusedConnectionIsNotTakenForTheFirst) {
  MilterClient session = connected_client(AnnouncedClient::ipv4("192.0.2.50"));
  session.mail();
  session.quit_nc();
  session.send_connect(AnnouncedClient::ipv4("198.51.100.1"));
  // libmilter may ignore it; what it must never be is a permit for a denied client.
  if (session.stays_silent(std::chrono::milliseconds(200))) return;
  const auto reply = session.receive();
  EXPECT_TRUE(!reply || !reply.is_continue());
}

TEST_F(Sessions, BeyondTheMaximumClientsAreDeferredAndNotCounted) {
  std::vector<MilterClient> held;
  for (int i = 0; i < 40; ++i) {
    held.push_back(connected_client(AnnouncedClient::ipv4("192.0.2." + std::to_string(i + 1))));
  }
  MilterClient refused = daemon.client();
  EXPECT_THAT(refused.connect(AnnouncedClient::ipv4("203.0.113.1")).smtp_reply(),
              StartsWith("451 4.3.2"));
  EXPECT_EQ(daemon.status()["counted"], 40);
  EXPECT_EQ(daemon.status()["refused_over_max_sessions"], 1);
  EXPECT_TRUE(eventually([&] { return daemon.log_has("reason=max_sessions"); }));
  refused.quit();
  held.pop_back();
  EXPECT_TRUE(daemon.status_becomes("sessions", 39));
  connected_client(AnnouncedClient::ipv4("203.0.113.1"));
}

TEST_F(Sessions, ManyAtOnceWithMixedEndingsLeaveNothingBehind) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 200; ++i) {
        MilterClient session = daemon.client();
        session.connect(
            AnnouncedClient::ipv4("192.0." + std::to_string(t) + "." + std::to_string(i % 7)));
        if (i % 3 == 0) session.helo("x");
        if (i % 4 == 0) session.quit();
        if (i % 5 == 0) session.send_raw("\1\1");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  expect_empty();
}

}  // namespace
}  // namespace portcullis::testing
