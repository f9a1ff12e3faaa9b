// Where a generated Postfix and Sendmail send mail on to, and how: real servers take it, or do not.

#include <memory>
#include <string>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mta/generated/generated_mta.h"
#include "tests/mta/generated/generated_sendmail.h"
#include "tests/mta/support/eventually.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/guarded_mta_test.h"
#include "tests/mta/support/openssl_client.h"
#include "tests/mta/support/outbound_mail.h"
#include "tests/mta/support/smtp_sink.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;

// Empty where mail has been sent, else why it waits: no mail is lost or sent back.
using Delay = std::string;

// What a Sendmail has in its queue for the recipient. It delivers before it answers.
Delay delay_in_queue(const GeneratedSendmail& sendmail, const std::string& recipient) {
  for (const std::string& envelope : sendmail.envelopes()) {
    if (envelope.find('<' + recipient + '>') != std::string::npos) return envelope;
  }
  return {};
}

// What a Postfix logs when it is done with the recipient for now.
Delay delay_in_log(const MtaInstance& postfix, const std::string& recipient) {
  std::string log;
  std::size_t at = std::string::npos;
  EXPECT_TRUE(eventually([&] {
    log = postfix.log();
    at = log.rfind("to=<" + recipient + ">");
    return at != std::string::npos && log.find('\n', at) != std::string::npos;
  })) << log;
  if (at == std::string::npos) return "nothing is logged of it";
  const std::string line = log.substr(at, log.find('\n', at) - at);
  if (line.find("status=sent") != std::string::npos) return {};
  EXPECT_THAT(line, HasSubstr("status=deferred"));
  return line;
}

class GenerateRoutes : public ::testing::TestWithParam<MtaKind> {
 protected:
  static bool on_postfix() { return GetParam() == MtaKind::postfix; }

  // An MTA that sends mail on as the policy says.
  void start(const std::string& routes) {
    MtaOptions options = outbound_options(port_);
    if (!on_postfix()) {
      options.settings = {"define(`confDELIVERY_MODE', `interactive')dnl",
                          "define(`confTO_ICONNECT', `3s')dnl"};
    }
    mta_ = make_generated(GetParam(), outbound_policy(port_, routes), options);
    mta_->start();
  }

  // Whether a host that may not relay can send to the recipient.
  bool takes_from_a_stranger(const std::string& recipient) const {
    const int code = ask_for(*mta_, recipient, "127.0.0.8").code;
    if (code == 250) return true;
    EXPECT_EQ(code, on_postfix() ? 554 : 550) << recipient;
    return false;
  }

  Delay send(const std::string& recipient) const {
    EXPECT_EQ(send_to(*mta_, recipient).code, 250) << log();
    if (on_postfix()) return delay_in_log(*mta_, recipient);
    return delay_in_queue(dynamic_cast<const GeneratedSendmail&>(*mta_), recipient);
  }

  Endpoint at(const std::string& address) const { return {.address = address, .port = port_}; }
  std::string log() const { return mta_->log(); }

 private:
  std::uint16_t port_ = free_port();
  std::unique_ptr<MtaInstance> mta_;
};

PORTCULLIS_ON_BOTH_MTAS(GenerateRoutes);

// Another MTA, of the same kind, that offers TLS as mx.example.com and takes mail for root@mx.test.
class TlsServer {
 public:
  // `name`: of the certificate, and of its files; "any.example.com" is *.example.com.
  explicit TlsServer(MtaKind kind, const std::string& name = "mx.example.com") : kind_(kind) {
    mta_ = make_generated(
        kind,
        fmt::format("[daemon]\nsocket = unix:/nowhere/milter.sock\n[mta]\nmilter_down = accept\n{}"
                    "[listener inbound]\naddress = 127.0.0.1\nport = {}\ntls = may\n"
                    "certificate = mx\n[certificate mx]\ncertificate = {}\nkey = {}\n",
                    // Sendmail sends no mail to its own name.
                    kind == MtaKind::sendmail ? "host_name = server.test\n" : "", port_,
                    authority_.path(name + ".pem"), authority_.path(name + ".key")),
        {.listeners = {{.name = "inbound", .port = port_}}});
    mta_->start();
  }

  std::uint16_t port() const { return port_; }
  std::string authorities() const { return authority_.path("ca.pem"); }
  std::string other_authorities() const { return authority_.path("other-ca.pem"); }

  // Whether the client that has sent mail has said STARTTLS before.
  bool was_asked_for_tls() const {
    if (kind_ == MtaKind::sendmail) return mta_->log().find("<<< STARTTLS") != std::string::npos;
    // Logged when the client has gone.
    std::string log;
    EXPECT_TRUE(eventually([&] {
      log = mta_->log();
      return log.find(" mail=1 ") != std::string::npos;
    })) << log;
    const std::size_t line = log.rfind("disconnect from", log.find(" mail=1 "));
    return log.find(" starttls=1 ", line) != std::string::npos;
  }

 private:
  MtaKind kind_;
  TestAuthority authority_{{"mx.example.com", "*.example.com"}};
  std::uint16_t port_ = free_port();
  std::unique_ptr<MtaInstance> mta_;
};

TEST_P(GenerateRoutes, GoToTheFirstHostAndToTheNextOnesWhenItIsAway) {
  const std::uint16_t port = free_port();
  SmtpSink first("127.0.0.1", port);
  const SmtpSink second("127.0.0.2", port);
  const SmtpSink six("::1");
  start(
      fmt::format("[outgoing]\nhosts = 127.0.0.3:{0}, [::1]:{0}\n"
                  "[route ours]\ndomains = ours.test, .ours.test\n"
                  "hosts = 127.0.0.1:{1}, 127.0.0.2:{1}\n",
                  six.port(), port));
  EXPECT_EQ(send("one@ours.test"), "");
  EXPECT_TRUE(first.gets(1)) << log();
  EXPECT_EQ(second.messages(), 0U);
  first.stop();
  EXPECT_EQ(send("two@below.ours.test"), "");
  EXPECT_TRUE(second.gets(1)) << log();
  EXPECT_EQ(send("three@elsewhere.test"), "");
  EXPECT_TRUE(six.gets(1)) << log();
}

TEST_P(GenerateRoutes, TheLongestDomainDecides) {
  const SmtpSink wide;
  const SmtpSink narrow;
  start(
      fmt::format("[route wide]\ndomains = .ours.test\nhosts = {}\n"
                  "[route narrow]\ndomains = .deep.ours.test\nhosts = {}\n",
                  wide.place(), narrow.place()));
  EXPECT_EQ(send("one@x.deep.ours.test"), "");
  EXPECT_TRUE(narrow.gets(1)) << log();
  EXPECT_EQ(send("two@deep.ours.test"), "");
  EXPECT_TRUE(wide.gets(1)) << log();
}

TEST_P(GenerateRoutes, AreExactAboutWhoseMailIsTaken) {
  const SmtpSink sink;
  start("[route ours]\ndomains = ours.test\nhosts = " + sink.place() + '\n');
  for (const char* recipient :
       {"a@ours.test", "a.b+c@ours.test", "\"a b\"@ours.test", "\"a\".b@ours.test"}) {
    EXPECT_TRUE(takes_from_a_stranger(recipient)) << recipient;
  }
  for (const char* recipient : {"a@below.ours.test", "a@oursXtest", "a@elsewhere.test",
                                "a%elsewhere.test@ours.test", "elsewhere.test!a@ours.test",
                                "@ours.test:a@elsewhere.test", "\"a@elsewhere.test\"@ours.test"}) {
    EXPECT_FALSE(takes_from_a_stranger(recipient)) << recipient;
  }
  // It listens on all addresses.
  for (const char* address : {"127.0.0.8", "::1"}) {
    SmtpClient client(at(address));
    EXPECT_EQ(client.read_banner().code, 220) << address;
  }
}

// The next host may unquote what it gets, and relay.
TEST_P(GenerateRoutes, TakeNothingThatNamesAnotherHostInDisguise) {
  const SmtpSink sink;
  start("[route ours]\ndomains = ours.test\nhosts = " + sink.place() + '\n');
  for (const std::string local :
       {R"(a\%elsewhere.test)", R"(a\@elsewhere.test)", R"(elsewhere.test\!a)",
        R"("a%elsewhere.test")", R"("a\%elsewhere.test")", R"("a"."b%elsewhere.test")",
        R"("a"."b@elsewhere.test")", R"("elsewhere.test!a"."b")", R"(a."b\@elsewhere.test")"}) {
    EXPECT_FALSE(takes_from_a_stranger(local + "@ours.test")) << local;
  }
}

TEST_P(GenerateRoutes, WithTlsRequiredAPlainHostGetsNothing) {
  const TlsServer server(GetParam());
  const SmtpSink plain;
  start(
      fmt::format("[outgoing]\ntls = require\n"
                  "[route plain]\ndomains = plain.test\nhosts = {}\n"
                  "[route tls]\ndomains = mx.test\nhosts = 127.0.0.1:{}\n",
                  plain.place(), server.port()));
  EXPECT_THAT(send("one@plain.test"), HasSubstr("TLS is required"));
  EXPECT_EQ(plain.messages(), 0U);
  EXPECT_EQ(send("root@mx.test"), "");
}

TEST_P(GenerateRoutes, WithTlsVerifiedAnotherNameGetsNothing) {
  const TlsServer server(GetParam());
  start(
      fmt::format("[outgoing]\ntls = verify\nca = {0}\n"
                  "[route good]\ndomains = mx.test\nhosts = mx.example.com:{1}\n"
                  "[route bad]\ndomains = bad.test\nhosts = wrong.example:{1}\n",
                  server.authorities(), server.port()));
  EXPECT_EQ(send("root@mx.test"), "") << log();
  EXPECT_THAT(send("two@bad.test"), HasSubstr("not verified"));
}

TEST_P(GenerateRoutes, WithTlsVerifiedAWildcardStandsForOneLabel) {
  const TlsServer server(GetParam(), "any.example.com");
  start(
      fmt::format("[outgoing]\ntls = verify\nca = {0}\n"
                  "[route good]\ndomains = mx.test\nhosts = mx.example.com:{1}\n"
                  "[route deep]\ndomains = deep.test\nhosts = deep.mx.example.com:{1}\n"
                  "[route bare]\ndomains = bare.test\nhosts = example.com:{1}\n",
                  server.authorities(), server.port()));
  EXPECT_EQ(send("root@mx.test"), "") << log();
  EXPECT_THAT(send("two@deep.test"), HasSubstr("not verified"));
  EXPECT_THAT(send("three@bare.test"), HasSubstr("not verified"));
}

TEST_P(GenerateRoutes, WithTlsVerifiedAnotherAuthorityGetsNothing) {
  const TlsServer server(GetParam());
  start(
      fmt::format("[outgoing]\ntls = verify\nca = {0}\n"
                  "[route good]\ndomains = mx.test\nhosts = mx.example.com:{1}\n",
                  server.other_authorities(), server.port()));
  EXPECT_THAT(send("root@mx.test"), HasSubstr("not verified"));
}

TEST_P(GenerateRoutes, WithTlsMayItIsUsedWhereItIsOffered) {
  const TlsServer server(GetParam());
  const SmtpSink plain;
  start(
      fmt::format("[outgoing]\ntls = may\n"
                  "[route plain]\ndomains = plain.test\nhosts = {}\n"
                  "[route tls]\ndomains = mx.test\nhosts = 127.0.0.1:{}\n",
                  plain.place(), server.port()));
  EXPECT_EQ(send("one@plain.test"), "");
  EXPECT_TRUE(plain.gets(1));
  EXPECT_EQ(send("root@mx.test"), "");
  EXPECT_TRUE(server.was_asked_for_tls());
}

TEST_P(GenerateRoutes, WithTlsOffNobodyIsAskedForIt) {
  const TlsServer server(GetParam());
  start(
      fmt::format("[outgoing]\ntls = off\n"
                  "[route tls]\ndomains = mx.test\nhosts = 127.0.0.1:{}\n",
                  server.port()));
  EXPECT_EQ(send("root@mx.test"), "");
  EXPECT_FALSE(server.was_asked_for_tls());
}

}  // namespace
}  // namespace portcullis::testing
