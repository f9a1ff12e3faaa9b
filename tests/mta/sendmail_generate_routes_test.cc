// Where a generated Sendmail sends mail on to, and how: real servers take it, or do not.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mta/generated/generated_sendmail.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/openssl_client.h"
#include "tests/mta/support/outbound_mail.h"
#include "tests/mta/support/smtp_sink.h"

namespace portcullis::testing {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A Sendmail that sends mail on at once, as the policy says.
class Sender {
 public:
  explicit Sender(const std::string& routes)
      : sendmail_(outbound_policy(port_, routes), options()) {
    sendmail_.start();
  }

  int told(const std::string& recipient, const std::string& source) const {
    return ask_for(sendmail_, recipient, source).code;
  }

  void send(const std::string& recipient) const {
    EXPECT_EQ(send_to(sendmail_, recipient).code, 250) << log();
  }

  Endpoint at(const std::string& address) const { return {.address = address, .port = port_}; }
  std::vector<std::string> waiting() const { return sendmail_.envelopes(); }
  std::string log() const { return sendmail_.log(); }

 private:
  MtaOptions options() const {
    MtaOptions options = outbound_options(port_);
    options.settings = {"define(`confDELIVERY_MODE', `interactive')dnl",
                        "define(`confTO_ICONNECT', `3s')dnl"};
    return options;
  }

  std::uint16_t port_ = free_port();
  GeneratedSendmail sendmail_;
};

// A Sendmail that offers TLS as mx.example.com, and keeps mail for root@mx.test in its queue.
class TlsServer {
 public:
  // `name`: of the certificate, and of its files; "any.example.com" is *.example.com.
  explicit TlsServer(const std::string& name = "mx.example.com") {
    MtaOptions options;
    options.listeners = {{.name = "inbound", .port = port_}};
    sendmail_ = std::make_unique<GeneratedSendmail>(
        fmt::format("[daemon]\nsocket = unix:/nowhere/milter.sock\n[mta]\nmilter_down = accept\n"
                    "host_name = server.test\n"  // Sendmail sends no mail to its own name
                    "[listener inbound]\naddress = 127.0.0.1\nport = {}\ntls = may\n"
                    "certificate = mx\n[certificate mx]\ncertificate = {}\nkey = {}\n",
                    port_, authority_.path(name + ".pem"), authority_.path(name + ".key")),
        options);
    sendmail_->start();
  }

  std::uint16_t port() const { return port_; }
  std::string authorities() const { return authority_.path("ca.pem"); }
  std::string other_authorities() const { return authority_.path("other-ca.pem"); }
  std::size_t messages() const { return sendmail_->envelopes().size(); }
  std::string log() const { return sendmail_->log(); }

 private:
  TestAuthority authority_{{"mx.example.com", "*.example.com"}};
  std::uint16_t port_ = free_port();
  std::unique_ptr<GeneratedSendmail> sendmail_;
};

TEST(SendmailGenerateRoutes, GoToTheFirstHostAndToTheNextOnesWhenItIsAway) {
  const std::uint16_t port = free_port();
  SmtpSink first("127.0.0.1", port);
  const SmtpSink second("127.0.0.2", port);
  const SmtpSink six("::1");
  const Sender sender(
      fmt::format("[outgoing]\nhosts = 127.0.0.3:{0}, [::1]:{0}\n"
                  "[route ours]\ndomains = ours.test, .ours.test\n"
                  "hosts = 127.0.0.1:{1}, 127.0.0.2:{1}\n",
                  six.port(), port));
  sender.send("one@ours.test");
  EXPECT_TRUE(first.gets(1)) << sender.log();
  EXPECT_EQ(second.messages(), 0U);
  first.stop();
  sender.send("two@below.ours.test");
  EXPECT_TRUE(second.gets(1)) << sender.log();
  sender.send("three@elsewhere.test");
  EXPECT_TRUE(six.gets(1)) << sender.log();
  EXPECT_THAT(sender.waiting(), IsEmpty());
}

TEST(SendmailGenerateRoutes, TheLongestDomainDecides) {
  const SmtpSink wide;
  const SmtpSink narrow;
  const Sender sender(
      fmt::format("[route wide]\ndomains = .ours.test\nhosts = {}\n"
                  "[route narrow]\ndomains = .deep.ours.test\nhosts = {}\n",
                  wide.place(), narrow.place()));
  sender.send("one@x.deep.ours.test");
  EXPECT_TRUE(narrow.gets(1)) << sender.log();
  sender.send("two@deep.ours.test");
  EXPECT_TRUE(wide.gets(1)) << sender.log();
}

TEST(SendmailGenerateRoutes, AreExactAboutWhoseMailIsTaken) {
  const SmtpSink sink;
  const Sender sender("[route ours]\ndomains = ours.test\nhosts = " + sink.place() + '\n');
  const std::string stranger = "127.0.0.8";
  EXPECT_EQ(sender.told("a@ours.test", stranger), 250);
  EXPECT_EQ(sender.told("a@below.ours.test", stranger), 550);
  EXPECT_EQ(sender.told("a@oursXtest", stranger), 550);
  EXPECT_EQ(sender.told("a@elsewhere.test", stranger), 550);
  EXPECT_EQ(sender.told("a%elsewhere.test@ours.test", stranger), 550);
  EXPECT_EQ(sender.told("elsewhere.test!a@ours.test", stranger), 550);
  EXPECT_EQ(sender.told("@ours.test:a@elsewhere.test", stranger), 550);
  EXPECT_EQ(sender.told("\"a@elsewhere.test\"@ours.test", stranger), 550);
  // It listens on all addresses.
  for (const char* address : {"127.0.0.8", "::1"}) {
    SmtpClient client(sender.at(address));
    EXPECT_EQ(client.read_banner().code, 220) << address;
  }
}

TEST(SendmailGenerateRoutes, WithTlsRequiredAPlainHostGetsNothing) {
  const TlsServer server;
  const SmtpSink plain;
  const Sender sender(
      fmt::format("[outgoing]\ntls = require\n"
                  "[route plain]\ndomains = plain.test\nhosts = {}\n"
                  "[route tls]\ndomains = mx.test\nhosts = 127.0.0.1:{}\n",
                  plain.place(), server.port()));
  sender.send("root@mx.test");
  EXPECT_EQ(server.messages(), 1U) << sender.log() << server.log();
  EXPECT_THAT(sender.waiting(), IsEmpty());
  sender.send("one@plain.test");
  EXPECT_EQ(plain.messages(), 0U);
  ASSERT_THAT(sender.waiting(), SizeIs(1));
  EXPECT_THAT(sender.waiting().front(), HasSubstr("TLS is required"));
}

TEST(SendmailGenerateRoutes, WithTlsVerifiedAnotherNameGetsNothing) {
  const TlsServer server;
  const Sender sender(
      fmt::format("[outgoing]\ntls = verify\nca = {0}\n"
                  "[route good]\ndomains = mx.test\nhosts = mx.example.com:{1}\n"
                  "[route bad]\ndomains = bad.test\nhosts = wrong.example:{1}\n",
                  server.authorities(), server.port()));
  sender.send("root@mx.test");
  EXPECT_EQ(server.messages(), 1U) << sender.log();
  EXPECT_THAT(sender.waiting(), IsEmpty());
  sender.send("two@bad.test");
  ASSERT_THAT(sender.waiting(), SizeIs(1));
  EXPECT_THAT(sender.waiting().front(), HasSubstr("is not verified"));
}

TEST(SendmailGenerateRoutes, WithTlsVerifiedAnotherAuthorityGetsNothing) {
  const TlsServer server;
  const Sender sender(
      fmt::format("[outgoing]\ntls = verify\nca = {0}\n"
                  "[route good]\ndomains = mx.test\nhosts = mx.example.com:{1}\n",
                  server.other_authorities(), server.port()));
  sender.send("root@mx.test");
  EXPECT_EQ(server.messages(), 0U);
  ASSERT_THAT(sender.waiting(), SizeIs(1));
  EXPECT_THAT(sender.waiting().front(), HasSubstr("is not verified"));
}

TEST(SendmailGenerateRoutes, WithTlsVerifiedAWildcardStandsForOneLabel) {
  const TlsServer server("any.example.com");
  const Sender sender(
      fmt::format("[outgoing]\ntls = verify\nca = {0}\n"
                  "[route good]\ndomains = mx.test\nhosts = mx.example.com:{1}\n"
                  "[route deep]\ndomains = deep.test\nhosts = deep.mx.example.com:{1}\n"
                  "[route bare]\ndomains = bare.test\nhosts = example.com:{1}\n",
                  server.authorities(), server.port()));
  sender.send("root@mx.test");
  EXPECT_EQ(server.messages(), 1U) << sender.log();
  EXPECT_THAT(sender.waiting(), IsEmpty());
  sender.send("two@deep.test");
  sender.send("three@bare.test");
  EXPECT_EQ(server.messages(), 1U);
  EXPECT_THAT(sender.waiting(), ::testing::AllOf(SizeIs(2), Each(HasSubstr("is not verified"))));
}

TEST(SendmailGenerateRoutes, WithTlsMayItIsUsedWhereItIsOffered) {
  const TlsServer server;
  const SmtpSink plain;
  const Sender sender(
      fmt::format("[outgoing]\ntls = may\n"
                  "[route plain]\ndomains = plain.test\nhosts = {}\n"
                  "[route tls]\ndomains = mx.test\nhosts = 127.0.0.1:{}\n",
                  plain.place(), server.port()));
  sender.send("one@plain.test");
  EXPECT_TRUE(plain.gets(1));
  sender.send("root@mx.test");
  EXPECT_EQ(server.messages(), 1U) << sender.log();
  EXPECT_THAT(server.log(), HasSubstr("<<< STARTTLS"));
}

TEST(SendmailGenerateRoutes, WithTlsOffNobodyIsAskedForIt) {
  const TlsServer server;
  const Sender sender(
      fmt::format("[outgoing]\ntls = off\n"
                  "[route tls]\ndomains = mx.test\nhosts = 127.0.0.1:{}\n",
                  server.port()));
  sender.send("root@mx.test");
  EXPECT_EQ(server.messages(), 1U);
  EXPECT_EQ(server.log().find("<<< STARTTLS"), std::string::npos);
}

}  // namespace
}  // namespace portcullis::testing
