// What the MTA is told at each step, for every kind of verdict.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPolicy = R"(
[listener inbound]
[listener closed]
default = deny
port = 2525
reply = 550 5.7.1 Partners only
[listener trial]
default = deny
mode = observe
port = 2526
[class blocked]
action = deny
clients = 192.0.2.0/24, .spam.example
reply = 554 5.7.1 Denied at 100%, see https://example.com/why
[class later]
action = deny
clients = 198.51.100.0/24
answer_at = helo
reply = 550 5.7.1 Told at HELO
[class dropped]
action = deny
clients = 203.0.113.0/24
answer_at = drop
[class deferred]
action = deny
clients = 198.18.0.0/24
reply = 451 4.7.1 Try again tomorrow
[class partners]
action = permit
clients = 192.0.2.77, 2001:db8:1::/48
)";

class Answers : public ::testing::Test {
 protected:
  void SetUp() override {
    daemon.write_policy(kPolicy);
    daemon.start();
  }

  std::string reply_at_connect(const AnnouncedClient& client) {
    MilterClient session = daemon.client();
    const auto reply = session.connect(client);
    if (!reply) return "no reply";
    return reply.is_continue() ? "continue" : reply.smtp_reply();
  }

  PortcullisDaemon daemon;
};

TEST_F(Answers, ClientsThatNoEntryNamesGoOnAtEveryStep) {
  MilterClient session = daemon.client();
  EXPECT_TRUE(session.connect(AnnouncedClient::ipv4("10.1.2.3")).is_continue());
  EXPECT_TRUE(session.helo("mail.example").is_continue());
  EXPECT_TRUE(session.mail().is_continue());
  EXPECT_TRUE(eventually([&] {
    return daemon.log_has(
        "verdict=continue action=default listener=inbound "
        "client=unknown[10.1.2.3]");
  })) << daemon.log();
}

TEST_F(Answers, DeniedClientsAreRejectedAtConnectWithEveryPercentSignDoubled) {
  EXPECT_EQ(reply_at_connect(AnnouncedClient::ipv4("192.0.2.1")),
            "554 5.7.1 Denied at 100%%, see https://example.com/why");
  EXPECT_TRUE(eventually([&] { return daemon.log_has("verdict=reject"); }));
  EXPECT_THAT(daemon.log(), HasSubstr("verdict=reject action=deny class=blocked "
                                      "entry=\"192.0.2.0/24\" source=" +
                                      daemon.policy_path().string()));
  EXPECT_THAT(daemon.log(),
              HasSubstr("listener=inbound client=unknown[192.0.2.1] reply=\"554 5.7.1 Denied at "
                        "100%, see https://example.com/why\" answer_at=connect"));
}

TEST_F(Answers, APermitEntryBeatsTheWiderDenyEntry) {
  EXPECT_EQ(reply_at_connect(AnnouncedClient::ipv4("192.0.2.77")), "continue");
}

TEST_F(Answers, ListenersHaveTheirOwnDefaults) {
  const AnnouncedClient stranger = AnnouncedClient::ipv4("10.0.0.1");
  EXPECT_EQ(reply_at_connect(stranger.on_service("closed")), "550 5.7.1 Partners only");
  EXPECT_EQ(reply_at_connect(stranger.on_service("mx.test", "127.0.0.1", "2525")),
            "550 5.7.1 Partners only");
  EXPECT_EQ(reply_at_connect(AnnouncedClient::ipv6("2001:db8:1::9").on_service("closed")),
            "continue");
}

TEST_F(Answers, ObservedVerdictsAreLoggedAndLetThrough) {
  EXPECT_EQ(reply_at_connect(AnnouncedClient::ipv4("10.0.0.1").on_service("trial")), "continue");
  EXPECT_TRUE(eventually([&] { return daemon.log_has("verdict=would-reject action=default"); }));
  EXPECT_EQ(daemon.status()["verdicts"]["would_reject"], 1);
}

TEST_F(Answers, TemporaryRepliesAreTemporary) {
  EXPECT_EQ(reply_at_connect(AnnouncedClient::ipv4("198.18.0.5")), "451 4.7.1 Try again tomorrow");
  EXPECT_EQ(daemon.status()["verdicts"]["tempfail"], 1);
}

TEST_F(Answers, DroppedClientsGetTheReplyThatMakesTheMtaHangUp) {
  EXPECT_THAT(reply_at_connect(AnnouncedClient::ipv4("203.0.113.9")), HasSubstr("421 4."));
}

TEST_F(Answers, ClientsToBeToldAtHeloAreToldThereAndAtEachMail) {
  MilterClient session = daemon.client();
  EXPECT_TRUE(session.connect(AnnouncedClient::ipv4("198.51.100.3")).is_continue());
  EXPECT_EQ(session.helo("first").smtp_reply(), "550 5.7.1 Told at HELO");
  EXPECT_EQ(session.helo("second").smtp_reply(), "550 5.7.1 Told at HELO");
  EXPECT_EQ(session.mail().smtp_reply(), "550 5.7.1 Told at HELO");
  session.quit();
  EXPECT_TRUE(eventually([&] { return daemon.log_has("helo=<first>"); }));
  EXPECT_EQ(daemon.log_count("class=later"), 1U);
}

TEST_F(Answers, ClientsThatSkipHeloAreToldAtMail) {
  MilterClient session = daemon.client();
  EXPECT_TRUE(session.connect(AnnouncedClient::ipv4("198.51.100.3")).is_continue());
  EXPECT_EQ(session.mail().smtp_reply(), "550 5.7.1 Told at HELO");
  session.abort();
  EXPECT_EQ(session.mail().smtp_reply(), "550 5.7.1 Told at HELO");
}

TEST_F(Answers, ClientsThatLeaveBeforeTheyAreToldAreLoggedAllTheSame) {
  MilterClient session = daemon.client();
  EXPECT_TRUE(session.connect(AnnouncedClient::ipv4("198.51.100.3")).is_continue());
  session.close();
  EXPECT_TRUE(eventually([&] { return daemon.log_has("class=later"); }));
  EXPECT_THAT(daemon.log(), Not(HasSubstr("helo=")));
}

TEST_F(Answers, OnlyVerifiedNamesAreNames) {
  const AnnouncedClient client = AnnouncedClient::ipv4("10.0.0.1");
  AnnouncedClient forged = client;
  forged.host = "mx.spam.example";
  EXPECT_EQ(reply_at_connect(client.named("mx.spam.example")),
            "554 5.7.1 Denied at 100%%, see https://example.com/why");
  EXPECT_EQ(reply_at_connect(forged), "continue");
  EXPECT_EQ(reply_at_connect(client.named("[mx.spam.example]")), "continue");
  EXPECT_EQ(reply_at_connect(client.named(std::string(60000, 'a') + ".spam.example")), "continue");
}

TEST_F(Answers, MappedAddressesAreIpv4) {
  EXPECT_EQ(reply_at_connect(AnnouncedClient::ipv6("::ffff:192.0.2.1")),
            "554 5.7.1 Denied at 100%%, see https://example.com/why");
}

TEST_F(Answers, LocalSubmissionGoesOnAndIsNotCounted) {
  for (const char family : {'U', 'L'}) {
    AnnouncedClient local;
    local.family = family;
    local.address = "/run/local.sock";
    local = local.on_service("closed");
    MilterClient session = daemon.client();
    const auto reply = session.connect(local);
    ASSERT_TRUE(reply);
    EXPECT_TRUE(reply.is_continue());
    EXPECT_EQ(daemon.status()["counted"], 0);
  }
  EXPECT_TRUE(eventually([&] { return daemon.log_count("client=local") == 2; }));
}

TEST_F(Answers, UnknownServicesAreWarnedAboutOncePerPolicy) {
  const AnnouncedClient client =
      AnnouncedClient::ipv4("10.0.0.1").on_service("odd", "127.0.0.1", "999");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(reply_at_connect(client), "continue");
  EXPECT_TRUE(eventually([&] { return daemon.log_count("verdict=continue") == 5; }));
  EXPECT_EQ(daemon.log_count("no listener matches"), 1U);
  EXPECT_THAT(daemon.log(), HasSubstr("daemon_name=odd daemon_addr=127.0.0.1 daemon_port=999: it "
                                      "is judged as listener inbound"));
  daemon.control("reload");
  EXPECT_EQ(reply_at_connect(client), "continue");
  EXPECT_TRUE(eventually([&] { return daemon.log_count("no listener matches") == 2; }));
}

TEST_F(Answers, ServicesThatNobodyKnowsDoNotFillTheLog) {
  for (int i = 0; i < 200; ++i) {
    reply_at_connect(AnnouncedClient::ipv4("10.0.0.1").on_service("odd" + std::to_string(i)));
  }
  EXPECT_TRUE(eventually([&] { return daemon.log_count("verdict=continue") == 200; }));
  EXPECT_LE(daemon.log_count("no listener matches"), 64U);
}

TEST(Negotiation, AsksOnlyForWhatThePolicyNeeds) {
  constexpr std::uint32_t kNoReplyFlags = 0x000ff080;  // SMFIP_NR_*
  PortcullisDaemon daemon;
  daemon.write_policy("[listener inbound]\n");
  daemon.start();
  MilterClient session(daemon.milter_socket());
  const auto options = session.negotiate();
  ASSERT_TRUE(options);
  EXPECT_EQ(options->steps, 0x37eU);  // everything is left out but CONNECT
  EXPECT_EQ(options->steps & kNoReplyFlags, 0U);
  EXPECT_EQ(options->actions, 0x100U);  // SMFIF_SETSYMLIST
  EXPECT_EQ(options->connect_macros, "{daemon_name} {daemon_addr} {daemon_port} {client_resolve}");
}

TEST(Negotiation, AsksForHeloAndMailWhenSomeoneIsToBeToldThere) {
  PortcullisDaemon daemon;
  daemon.write_policy(
      "[listener inbound]\ndefault = deny\nanswer_at = helo\n"
      "[class friends]\naction = permit\nclients = 192.0.2.1\n");
  daemon.start();
  MilterClient session(daemon.milter_socket());
  const auto options = session.negotiate();
  ASSERT_TRUE(options);
  EXPECT_EQ(options->steps, 0x378U);
}

TEST(Negotiation, AnMtaThatOffersNothingIsServed) {
  PortcullisDaemon daemon;
  daemon.write_policy(
      "[listener inbound]\ndefault = deny\n[class friends]\naction = permit\n"
      "clients = 192.0.2.1\n");
  daemon.start();
  MilterClient session(daemon.milter_socket());
  const auto options = session.negotiate(0, 0, 2);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->actions, 0U);
  EXPECT_EQ(options->steps & ~0x3fU, 0U);  // libmilter takes the flags of version 1 for granted
  EXPECT_TRUE(session.connect(AnnouncedClient::ipv4("192.0.2.1")).is_continue());
  EXPECT_TRUE(session.helo("x").is_continue());
  EXPECT_TRUE(session.mail().is_continue());
}

}  // namespace
}  // namespace portcullis::testing
