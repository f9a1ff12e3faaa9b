// What a policy says of the services of Postfix, applied to a real one with the real milter, and
// seen by clients.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mta/generated/generated_postfix.h"
#include "tests/mta/support/listeners_host_test.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Host : public ListenersHost {
 public:
  Host()
      : ListenersHost({.inbound_certificates = "mx, shop",
                       .relay_networks = "127.0.1.0/24",
                       .banner = "ESMTP costs $5",
                       .users_owner = "postfix"}),
        postfix(policy, options()) {
    start(postfix);
  }

  static constexpr auto converse = openssl_client;

  GeneratedPostfix postfix;
};

class PostfixGenerateListeners : public ListenersHostTest<Host> {};

TEST_F(PostfixGenerateListeners, EveryAddressAnswersAndTheBannerIsThatOfThePolicy) {
  for (const auto& [name, address] :
       {std::pair{"inbound", "127.0.0.1"}, std::pair{"inbound", "127.0.0.2"},
        std::pair{"inbound", "::1"}, std::pair{"plain", "127.0.0.1"}, std::pair{"plain", "::1"}}) {
    SmtpClient one = client(name, address);
    EXPECT_EQ(one.read_banner().text, "220 mx.example.com ESMTP costs $5") << address;
    one.quit();
  }
  EXPECT_THROW(client("inbound", "127.0.0.9"), std::system_error);
}

TEST_F(PostfixGenerateListeners, TlsIsOfferedRequiredOrOff) {
  SmtpClient offered = client("inbound", "127.0.0.1");
  offered.read_banner();
  EXPECT_THAT(offered.command("EHLO a.test").text, HasSubstr("STARTTLS"));
  EXPECT_EQ(offered.command("MAIL FROM:<a@a.test>").code, 250);
  SmtpClient required = client("partners", "127.0.0.3");
  required.read_banner();
  EXPECT_THAT(required.command("EHLO a.test").text, HasSubstr("STARTTLS"));
  EXPECT_EQ(required.command("MAIL FROM:<a@a.test>").code, 530);
  SmtpClient off = client("plain", "127.0.0.1");
  off.read_banner();
  EXPECT_THAT(off.command("EHLO a.test").text, Not(HasSubstr("STARTTLS")));
  EXPECT_EQ(off.command("MAIL FROM:<a@a.test>").code, 250);
}

TEST_F(PostfixGenerateListeners, ShowTheirOwnCertificates) {
  const std::string strict = "-verify_return_error -verify_hostname ";
  const std::string first = starttls("inbound", "127.0.0.1", strict + "mx.example.com");
  EXPECT_THAT(first, HasSubstr("Verify return code: 0 (ok)"));
  EXPECT_THAT(first, HasSubstr("subject=CN = mx.example.com"));
  const std::string by_name =
      starttls("inbound", "::1", strict + "shop.example -servername shop.example");
  EXPECT_THAT(by_name, HasSubstr("subject=CN = shop.example")) << host().postfix.log();
  EXPECT_THAT(by_name, HasSubstr("Verify return code: 0 (ok)"));
  EXPECT_THAT(starttls("partners", "127.0.0.3"), HasSubstr("subject=CN = shop.example"));
  const std::string smtps =
      openssl_client(host().at("smtps", "127.0.0.6"),
                     "-CAfile " + tls("ca.pem") + ' ' + strict + "mx.example.com");
  EXPECT_THAT(smtps, HasSubstr("Verify return code: 0 (ok)"));
  EXPECT_THAT(smtps, HasSubstr("220 mx.example.com"));
}

TEST_F(PostfixGenerateListeners, SpeakTheProtocolsOfTheProfile) {
  EXPECT_THAT(starttls("inbound", "127.0.0.1", "-tls1_2"), HasSubstr("Protocol  : TLSv1.2"));
  EXPECT_THAT(starttls("inbound", "127.0.0.1", "-tls1_3"), HasSubstr("TLSv1.3"));
  EXPECT_THAT(starttls("inbound", "127.0.0.1", "-tls1_1 -cipher DEFAULT@SECLEVEL=0"),
              HasSubstr("alert protocol version"));
  EXPECT_THAT(starttls("partners", "127.0.0.3", "-tls1_2 -cipher AES128-SHA"),
              HasSubstr("handshake failure"));
}

TEST_F(PostfixGenerateListeners, AskForClientCertificatesOrDemandThem) {
  EXPECT_THAT(starttls("inbound", "127.0.0.1"),
              HasSubstr("Acceptable client certificate CA names"));
  EXPECT_THAT(starttls("submission", "127.0.0.6"),
              HasSubstr("No client certificate CA names sent"));
  const std::string mail = "EHLO a.test\nMAIL FROM:<a@a.test>\nQUIT\n";
  const std::string own =
      fmt::format("-cert {} -key {}", tls("client.example.pem"), tls("client.example.key"));
  const std::string foreign =
      fmt::format("-cert {} -key {}", tls("stranger.pem"), tls("stranger.key"));
  EXPECT_THAT(starttls("partners", "127.0.0.3", own, mail), HasSubstr("250 2.1.0 Ok"));
  EXPECT_THAT(starttls("partners", "127.0.0.3", "", mail),
              HasSubstr("421 4.7.1 mx.example.com Error: No client certificate presented"));
  EXPECT_THAT(starttls("partners", "127.0.0.3", foreign, mail), Not(HasSubstr("250 2.1.0 Ok")));
  EXPECT_THAT(starttls("inbound", "127.0.0.1", "", mail), HasSubstr("250 2.1.0 Ok"));
}

TEST_F(PostfixGenerateListeners, CutASilentClient) {
  SmtpClient silent = client("inbound", "127.0.0.1");
  silent.read_banner();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(silent.read_reply().code, 421);
  const auto waited = std::chrono::steady_clock::now() - start;
  EXPECT_GE(waited, std::chrono::milliseconds(1500));
  EXPECT_LE(waited, std::chrono::seconds(6));
  EXPECT_TRUE(silent.closed_by_peer());
}

TEST_F(PostfixGenerateListeners, LetTheMilterCount) {
  std::vector<SmtpClient> inside;
  for (int i = 0; i < 3; ++i) {
    inside.push_back(client("few", "127.0.0.4"));
    EXPECT_EQ(inside.back().read_banner().code, 220);
  }
  const std::size_t mark = host().daemon.log_mark();
  SmtpClient one_more = client("few", "127.0.0.4");
  EXPECT_EQ(one_more.read_banner().code, 421);
  EXPECT_TRUE(host().daemon.wait_for_log("listener=few", mark).has_value()) << host().daemon.log();
  // In the log of the daemon, not of anvil.
  EXPECT_THAT(host().postfix.log(), Not(HasSubstr("too many connections")));
}

TEST_F(PostfixGenerateListeners, RelayForTheirNetworksAndNobodyElse) {
  const auto told = [](const std::string& name, const std::string& address,
                       const std::string& source) {
    SmtpClient sender = client(name, address, source);
    sender.read_banner();
    sender.command("EHLO a.test");
    sender.command("MAIL FROM:<a@a.test>");
    return sender.command("RCPT TO:<b@elsewhere.test>").code;
  };
  EXPECT_EQ(told("outbound", "127.0.0.5", "127.0.1.1"), 250);
  EXPECT_EQ(told("outbound", "127.0.0.5", "127.0.0.1"), 554);
  EXPECT_EQ(told("plain", "127.0.0.1", "127.0.1.1") / 100, 5);
}

TEST_F(PostfixGenerateListeners, LetInUsersWhoProveWhoTheyAre) {
  SmtpClient clear = client("submission", "127.0.0.6");
  clear.read_banner();
  EXPECT_THAT(clear.command("EHLO a.test").text, Not(HasSubstr("AUTH")));
  EXPECT_EQ(clear.command("AUTH PLAIN AHVzZXIAc2VjcmV0").code / 100, 5);
  EXPECT_EQ(clear.command("MAIL FROM:<a@a.test>").code, 530);
  const std::string mail = "MAIL FROM:<a@a.test>\nRCPT TO:<b@elsewhere.test>\nQUIT\n";
  const std::string nobody = starttls("submission", "127.0.0.6", "", "EHLO a.test\n" + mail);
  EXPECT_THAT(nobody, HasSubstr("AUTH PLAIN LOGIN"));
  EXPECT_THAT(nobody, HasSubstr("554 5.7.1"));
  // user@mx.example.com, "secret" and "wrong!".
  const std::string good = "EHLO a.test\nAUTH PLAIN AHVzZXJAbXguZXhhbXBsZS5jb20Ac2VjcmV0\n" + mail;
  const std::string bad =
      "EHLO a.test\nAUTH PLAIN AHVzZXJAbXguZXhhbXBsZS5jb20Ad3JvbmchCg==\n" + mail;
  const std::string user = starttls("submission", "127.0.0.6", "", good);
  EXPECT_THAT(user, HasSubstr("235 2.7.0")) << host().postfix.log();
  EXPECT_THAT(user, HasSubstr("250 2.1.5 Ok"));
  EXPECT_THAT(starttls("submission", "127.0.0.6", "", bad), HasSubstr("535 5.7.8"));
  EXPECT_THAT(openssl_client(host().at("smtps", "127.0.0.6"), "", good), HasSubstr("250 2.1.5 Ok"));
}

TEST_F(PostfixGenerateListeners, HoldTheServersLimits) {
  SmtpClient sender = client("plain", "127.0.0.1");
  sender.read_banner();
  EXPECT_THAT(sender.command("EHLO a.test").text, HasSubstr("SIZE 20480"));
  EXPECT_EQ(sender.command("VRFY root").code, 502);
  EXPECT_EQ(sender.command("MAIL FROM:<a@a.test> SIZE=30000").code, 552);
  sender.command("RSET");
  EXPECT_EQ(sender.command("MAIL FROM:<a@a.test>").code, 250);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(sender.command(fmt::format("RCPT TO:<u{}@mx.test>", i)).code, 250)
        << sender.transcript_text();
  }
  EXPECT_EQ(sender.command("RCPT TO:<more@mx.test>").code, 452);
}

TEST_F(PostfixGenerateListeners, RefuseClientsWithoutAName) {
  SmtpClient nameless = client("plain", "127.0.0.1", "127.0.9.9");
  nameless.read_banner();
  nameless.command("EHLO a.test");
  nameless.command("MAIL FROM:<a@a.test>");
  EXPECT_EQ(nameless.command("RCPT TO:<root@mx.test>").code, 550) << nameless.transcript_text();
}

// The milter knows each service by its name.
TEST_F(PostfixGenerateListeners, AreKnownToTheMilter) {
  const std::size_t mark = host().daemon.log_mark();
  for (const auto& [name, address] :
       {std::pair{"inbound", "127.0.0.2"}, std::pair{"partners", "127.0.0.3"},
        std::pair{"outbound", "127.0.0.5"}, std::pair{"submission", "127.0.0.6"}}) {
    client(name, address).read_banner();
    EXPECT_TRUE(host().daemon.wait_for_log(fmt::format("listener={}", name), mark).has_value())
        << host().daemon.log();
  }
}

TEST_F(PostfixGenerateListeners, ARunningPostfixTakesAChangeAndWhatItSaysOfItself) {
  const auto changed = [] {
    std::string policy = host().policy;
    policy.replace(policy.find("costs $5"), 8, "costs $7");
    return policy;
  }();
  const auto configuration = host().postfix.configuration(changed);
  EXPECT_TRUE(configuration->running());
  const Diagnostics lint = configuration->lint();
  EXPECT_FALSE(lint.has_errors()) << lint.format_all();
  for (const MtaEndpoint& endpoint : configuration->endpoints()) {
    const Endpoint server{endpoint.address, endpoint.port};
    EXPECT_THAT(openssl_client(server, endpoint.implicit_tls ? ""
                                       : endpoint.starttls   ? "-starttls smtp"
                                                             : "-starttls smtp -no_such_option"),
                endpoint.implicit_tls || endpoint.starttls ? HasSubstr("CN = ")
                                                           : HasSubstr("no_such_option"));
  }
  host().postfix.apply(changed);
  ASSERT_TRUE(configuration->reload().has_value());
  EXPECT_TRUE(eventually([&] {
    SmtpClient one = client("plain", "127.0.0.1");
    return one.read_banner().text == "220 mx.example.com ESMTP costs $7";
  }));
}

TEST_F(PostfixGenerateListeners, TheMilterIsAwayAndClientsComeLater) {
  host().daemon.stop();
  SmtpClient sender = client("plain", "127.0.0.1");
  EXPECT_EQ(sender.read_banner().code, 220);
  sender.command("EHLO a.test");
  EXPECT_EQ(sender.command("MAIL FROM:<a@a.test>").code, 451);
  host().daemon.start();
}

}  // namespace
}  // namespace portcullis::testing
