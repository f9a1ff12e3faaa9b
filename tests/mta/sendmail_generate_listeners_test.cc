// What a policy says of the daemons of Sendmail, applied to a real one with the real milter, and
// seen by clients.

#include <filesystem>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mta/generated/generated_sendmail.h"
#include "tests/mta/support/listeners_host_test.h"

namespace portcullis::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Host : public ListenersHost {
 public:
  Host()
      : ListenersHost({.inbound_certificates = "mx",
                       .relay_networks = "127.0.1.0/24, 127.0.4.0/22",
                       .banner = "ESMTP costs $5, a#b $1 $* dnl",
                       .users_owner = "root"}),
        sendmail(policy, with_settings(options())) {
    start(sendmail);
  }

  static constexpr auto converse = patient_openssl_client;

  GeneratedSendmail sendmail;

 private:
  MtaOptions with_settings(MtaOptions options) const {
    options.settings = {
        // Of the administrator: all say what the policy says too.
        fmt::format("DAEMON_OPTIONS(`Name=MTA,\n  Port={}')dnl", at("inbound", "").port),
        "INPUT_MAIL_FILTER(`portcullis', `S=local:/nowhere')dnl",
        "define(`confSMTP_LOGIN_MSG', `$j old')dnl", "define(`confTO_COMMAND', `1h')dnl",
        "define(`confMAX_DAEMON_CHILDREN', `2')dnl",
        // Stays.
        "define(`confPRIVACY_FLAGS', `authwarnings')dnl",
        // For the probes, which come from the first port 25.
        "define(`confDELIVERY_MODE', `q')dnl"};
    return options;
  }
};

class SendmailGenerateListeners : public ListenersHostTest<Host> {};

TEST_F(SendmailGenerateListeners, EveryAddressAnswersAndTheBannerIsThatOfThePolicy) {
  for (const auto& [name, address] :
       {std::pair{"inbound", "127.0.0.1"}, std::pair{"inbound", "127.0.0.2"},
        std::pair{"inbound", "::1"}, std::pair{"plain", "127.0.0.1"}, std::pair{"plain", "::1"}}) {
    SmtpClient one = client(name, address);
    EXPECT_EQ(one.read_banner().text, "220 mx.example.com ESMTP costs $5, a#b $1 $* dnl")
        << address;
    one.quit();
  }
  EXPECT_THROW(client("inbound", "127.0.0.9"), std::system_error);
}

TEST_F(SendmailGenerateListeners, TlsIsOfferedRequiredOrOff) {
  SmtpClient offered = client("inbound", "127.0.0.1");
  offered.read_banner();
  EXPECT_THAT(offered.command("EHLO a.test").text, HasSubstr("STARTTLS"));
  EXPECT_EQ(offered.command("MAIL FROM:<a@a.test>").code, 250);
  SmtpClient required = client("partners", "127.0.0.3", "127.0.0.1");
  required.read_banner();
  EXPECT_THAT(required.command("EHLO a.test").text, HasSubstr("STARTTLS"));
  EXPECT_EQ(required.command("MAIL FROM:<a@a.test>").code, 530);
  SmtpClient off = client("plain", "127.0.0.1");
  off.read_banner();
  EXPECT_THAT(off.command("EHLO a.test").text, Not(HasSubstr("STARTTLS")));
  EXPECT_EQ(off.command("MAIL FROM:<a@a.test>").code, 250);
}

TEST_F(SendmailGenerateListeners, ShowTheirOwnCertificates) {
  const std::string strict = "-verify_return_error -verify_hostname ";
  const std::string first = starttls("inbound", "::1", strict + "mx.example.com");
  EXPECT_THAT(first, HasSubstr("Verify return code: 0 (ok)"));
  EXPECT_THAT(first, HasSubstr("subject=CN = mx.example.com"));
  const std::string shop = starttls("partners", "127.0.0.3", strict + "shop.example");
  EXPECT_THAT(shop, HasSubstr("Verify return code: 0 (ok)"));
  EXPECT_THAT(shop, HasSubstr("subject=CN = shop.example"));
  const std::string smtps =
      openssl_client(host().at("smtps", "127.0.0.6"),
                     "-CAfile " + tls("ca.pem") + ' ' + strict + "mx.example.com");
  EXPECT_THAT(smtps, HasSubstr("Verify return code: 0 (ok)"));
  EXPECT_THAT(smtps, HasSubstr("220 mx.example.com"));
}

TEST_F(SendmailGenerateListeners, SpeakTheProtocolsOfTheProfile) {
  EXPECT_THAT(starttls("inbound", "127.0.0.1", "-tls1_2"), HasSubstr("Protocol  : TLSv1.2"));
  EXPECT_THAT(starttls("inbound", "127.0.0.1", "-tls1_3"), HasSubstr("TLSv1.3"));
  EXPECT_THAT(starttls("inbound", "127.0.0.1", "-tls1_1 -cipher DEFAULT@SECLEVEL=0"),
              HasSubstr("alert protocol version"));
  EXPECT_THAT(starttls("partners", "127.0.0.3", "-tls1_2 -cipher AES128-SHA"),
              HasSubstr("handshake failure"));
}

TEST_F(SendmailGenerateListeners, AskForClientCertificatesOrDemandThem) {
  EXPECT_THAT(starttls("inbound", "127.0.0.1"),
              HasSubstr("Acceptable client certificate CA names"));
  EXPECT_THAT(starttls("submission", "127.0.0.6"),
              HasSubstr("No client certificate CA names sent"));
  const std::string mail = "EHLO a.test\nMAIL FROM:<a@a.test>\nQUIT\n";
  const std::string own =
      fmt::format("-cert {} -key {}", tls("client.example.pem"), tls("client.example.key"));
  const std::string foreign =
      fmt::format("-cert {} -key {}", tls("stranger.pem"), tls("stranger.key"));
  const std::string from = " -bind 127.0.0.1";
  EXPECT_THAT(starttls("partners", "127.0.0.3", own + from, mail), HasSubstr("250 2.1.0"));
  EXPECT_THAT(starttls("partners", "127.0.0.3", from, mail),
              HasSubstr("530 5.7.0 A certificate of the client is needed"));
  EXPECT_THAT(starttls("partners", "127.0.0.3", foreign + from, mail),
              HasSubstr("530 5.7.0 A certificate of the client is needed"));
  EXPECT_THAT(starttls("inbound", "127.0.0.1", "", mail), HasSubstr("250 2.1.0"));
}

TEST_F(SendmailGenerateListeners, CutASilentClient) {
  SmtpClient silent = client("inbound", "127.0.0.1");
  silent.read_banner();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(silent.closed_by_peer());  // without a word
  const auto waited = std::chrono::steady_clock::now() - start;
  EXPECT_GE(waited, std::chrono::milliseconds(1500));
  EXPECT_LE(waited, std::chrono::seconds(6));
}

TEST_F(SendmailGenerateListeners, LetTheMilterCount) {
  std::vector<SmtpClient> inside;
  for (int i = 0; i < 3; ++i) {
    inside.push_back(client("few", "127.0.0.4", "127.0.0.1"));
    EXPECT_EQ(inside.back().read_banner().code, 220);
  }
  const std::size_t mark = host().daemon.log_mark();
  SmtpClient one_more = client("few", "127.0.0.4", "127.0.0.1");
  EXPECT_EQ(one_more.read_banner().code, 421);
  EXPECT_TRUE(host().daemon.wait_for_log("listener=few", mark).has_value()) << host().daemon.log();
}

TEST_F(SendmailGenerateListeners, RelayForTheirNetworksAndNobodyElse) {
  const auto told = [](const std::string& name, const std::string& address,
                       const std::string& source) {
    SmtpClient sender = client(name, address, source);
    sender.read_banner();
    sender.command("EHLO a.test");
    const auto mail = sender.command("MAIL FROM:<a@a.test>");
    return mail.code == 250 ? sender.command("RCPT TO:<b@elsewhere.test>").code : mail.code;
  };
  EXPECT_EQ(told("outbound", "127.0.0.5", "127.0.1.1"), 250);
  EXPECT_EQ(told("outbound", "127.0.0.5", "127.0.7.255"), 250);
  EXPECT_EQ(told("outbound", "127.0.0.5", "127.0.0.2"), 550);
  EXPECT_EQ(told("outbound", "127.0.0.5", "127.0.10.1"), 550);
  EXPECT_EQ(told("plain", "127.0.0.1", "127.0.1.1") / 100, 5);
}

TEST_F(SendmailGenerateListeners, LetInUsersWhoProveWhoTheyAre) {
  SmtpClient clear = client("submission", "127.0.0.6", "127.0.0.2");
  clear.read_banner();
  EXPECT_THAT(clear.command("EHLO a.test").text, Not(HasSubstr("AUTH")));
  EXPECT_EQ(clear.command("AUTH PLAIN AHVzZXIAc2VjcmV0").code / 100, 5);
  EXPECT_EQ(clear.command("MAIL FROM:<a@a.test>").code, 530);
  SmtpClient inbound = client("inbound", "127.0.0.1");
  inbound.read_banner();
  EXPECT_THAT(inbound.command("EHLO a.test").text, Not(HasSubstr("AUTH")));
  const std::string mail = "MAIL FROM:<a@a.test>\nRCPT TO:<b@elsewhere.test>\nQUIT\n";
  const std::string from = "-bind 127.0.0.2";
  const std::string nobody = starttls("submission", "127.0.0.6", from, "EHLO a.test\n" + mail);
  EXPECT_THAT(nobody, HasSubstr("AUTH PLAIN LOGIN"));
  EXPECT_THAT(nobody, HasSubstr("530 5.7.0 Authentication required"));
  // user@mx.example.com, "secret" and "wrong!".
  const std::string good = "EHLO a.test\nAUTH PLAIN AHVzZXJAbXguZXhhbXBsZS5jb20Ac2VjcmV0\n" + mail;
  const std::string bad =
      "EHLO a.test\nAUTH PLAIN AHVzZXJAbXguZXhhbXBsZS5jb20Ad3JvbmchCg==\n" + mail;
  const std::string user = starttls("submission", "127.0.0.6", from, good);
  EXPECT_THAT(user, HasSubstr("235 2.0.0")) << host().sendmail.log();
  EXPECT_THAT(user, HasSubstr("250 2.1.5"));
  EXPECT_THAT(starttls("submission", "127.0.0.6", from, bad), HasSubstr("535 5.7.0"));
  EXPECT_THAT(patient_openssl_client(host().at("smtps", "127.0.0.6"), from, good),
              HasSubstr("250 2.1.5"));
}

TEST_F(SendmailGenerateListeners, HoldTheServersLimits) {
  SmtpClient sender = client("plain", "127.0.0.1");
  sender.read_banner();
  EXPECT_THAT(sender.command("EHLO a.test").text, HasSubstr("SIZE 20480"));
  EXPECT_EQ(sender.command("VRFY root").code, 252);
  EXPECT_EQ(sender.command("MAIL FROM:<a@a.test> SIZE=30000").code, 552);
  sender.command("RSET");
  EXPECT_EQ(sender.command("MAIL FROM:<a@a.test>").code, 250);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(sender.command("RCPT TO:<root@mx.example.com>").code, 250)
        << sender.transcript_text();
  }
  EXPECT_EQ(sender.command("RCPT TO:<root@mx.example.com>").code, 452);
}

TEST_F(SendmailGenerateListeners, RefuseClientsWithoutAName) {
  SmtpClient nameless = client("plain", "127.0.0.1", "127.0.9.9");
  nameless.read_banner();
  nameless.command("EHLO a.test");
  EXPECT_EQ(nameless.command("MAIL FROM:<a@a.test>").code, 550) << nameless.transcript_text();
}

// The milter knows each daemon by its name.
TEST_F(SendmailGenerateListeners, AreKnownToTheMilter) {
  const std::size_t mark = host().daemon.log_mark();
  for (const auto& [name, address] :
       {std::pair{"inbound", "127.0.0.2"}, std::pair{"partners", "127.0.0.3"},
        std::pair{"outbound", "127.0.0.5"}, std::pair{"submission", "127.0.0.6"}}) {
    client(name, address, "127.0.0.1").read_banner();
    EXPECT_TRUE(host().daemon.wait_for_log(fmt::format("listener={}", name), mark).has_value())
        << host().daemon.log();
  }
}

// Every file of a directory with when it was written.
std::map<std::string, fs::file_time_type> times(const fs::path& directory) {
  std::map<std::string, fs::file_time_type> all;
  for (const auto& file : fs::directory_iterator(directory)) {
    const std::string name = file.path().filename();
    if (name != "dialogues" && file.is_regular_file()) all[name] = fs::last_write_time(file);
  }
  return all;
}

TEST_F(SendmailGenerateListeners, AreNotTouchedASecondTime) {
  const auto configuration = host().sendmail.configuration(host().policy);
  const auto changes = configuration->changes();
  ASSERT_TRUE(changes.has_value()) << changes.error().format_all();
  EXPECT_THAT(*changes, IsEmpty());
  const auto before = times(host().sendmail.directory());
  ASSERT_TRUE(configuration->edit().has_value());
  EXPECT_EQ(times(host().sendmail.directory()), before);
}

TEST_F(SendmailGenerateListeners, ARunningSendmailTakesAChangeAndWhatItSaysOfItself) {
  std::string policy = host().policy;
  policy.replace(policy.find("costs $5"), 8, "costs $7");
  const auto configuration = host().sendmail.configuration(policy);
  EXPECT_TRUE(configuration->running());
  const Diagnostics lint = configuration->lint();
  EXPECT_FALSE(lint.has_errors()) << lint.format_all();
  const auto changes = configuration->changes();
  ASSERT_TRUE(changes.has_value()) << changes.error().format_all();
  ASSERT_EQ(changes->size(), 1U);
  EXPECT_EQ(changes->front().setting, "confSMTP_LOGIN_MSG");
  for (const MtaEndpoint& endpoint : configuration->endpoints()) {
    const Endpoint server{endpoint.address, endpoint.port};
    if (!endpoint.implicit_tls && !endpoint.starttls) continue;
    EXPECT_THAT(openssl_client(server, endpoint.implicit_tls ? "" : "-starttls smtp"),
                HasSubstr("CN = "));
  }
  host().sendmail.apply(policy);
  const auto told = configuration->reload();
  ASSERT_TRUE(told.has_value()) << told.error().format_all();
  EXPECT_TRUE(eventually([&] {
    try {
      SmtpClient one = client("plain", "127.0.0.1");
      return one.read_banner().text == "220 mx.example.com ESMTP costs $7, a#b $1 $* dnl";
    } catch (const std::exception&) {
      return false;  // between the old one and the new one
    }
  }));
}

TEST_F(SendmailGenerateListeners, TheMilterIsAwayAndClientsComeLater) {
  host().daemon.stop();
  EXPECT_TRUE(eventually([] {
    SmtpClient sender = client("plain", "127.0.0.1");
    EXPECT_EQ(sender.read_banner().code, 220);
    sender.command("EHLO a.test");
    return sender.command("MAIL FROM:<a@a.test>").code == 451;
  }));
  host().daemon.start();
}

}  // namespace
}  // namespace portcullis::testing
