// Where a generated Postfix sends mail on to, and how: real servers take it, or do not.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mta/generated/generated_postfix.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/openssl_client.h"
#include "tests/mta/support/outbound_mail.h"
#include "tests/mta/support/smtp_sink.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A Postfix that sends mail on as the policy says.
class Sender {
 public:
  explicit Sender(const std::string& routes)
      : postfix_(outbound_policy(port_, routes), outbound_options(port_)) {
    postfix_.start();
  }

  int told(const std::string& recipient, const std::string& source) const {
    return ask_for(postfix_, recipient, source).code;
  }

  // The line of the log that says what became of it.
  std::string send(const std::string& recipient) const {
    EXPECT_EQ(send_to(postfix_, recipient).code, 250) << log();
    std::string line;
    EXPECT_TRUE(eventually([&] {
      line = line_of("to=<" + recipient + ">");
      return !line.empty();
    })) << log();
    return line;
  }

  Endpoint at(const std::string& address) const { return {.address = address, .port = port_}; }
  std::string log() const { return postfix_.log(); }

 private:
  std::string line_of(const std::string& text) const {
    const std::string all = log();
    const std::size_t at = all.rfind(text);
    if (at == std::string::npos) return {};
    return all.substr(at, all.find('\n', at) - at);
  }

  std::uint16_t port_ = free_port();
  GeneratedPostfix postfix_;
};

// A Postfix that offers TLS as mx.example.com, and takes mail for mx.test.
class TlsServer {
 public:
  // `name`: of the certificate, and of its files; "any.example.com" is *.example.com.
  explicit TlsServer(const std::string& name = "mx.example.com") {
    MtaOptions options;
    options.listeners = {{.name = "inbound", .port = port_}};
    postfix_ = std::make_unique<GeneratedPostfix>(
        fmt::format("[daemon]\nsocket = unix:/nowhere/milter.sock\n[mta]\nmilter_down = accept\n"
                    "[listener inbound]\naddress = 127.0.0.1\nport = {}\ntls = may\n"
                    "certificate = mx\n[certificate mx]\ncertificate = {}\nkey = {}\n",
                    port_, authority_.path(name + ".pem"), authority_.path(name + ".key")),
        options);
    postfix_->start();
  }

  std::uint16_t port() const { return port_; }
  std::string authorities() const { return authority_.path("ca.pem"); }
  std::string other_authorities() const { return authority_.path("other-ca.pem"); }
  // What the client that has sent mail has said: the line that is logged when it has gone.
  std::string commands() const {
    std::string log;
    EXPECT_TRUE(eventually([&] {
      log = postfix_->log();
      return log.find(" mail=1 ") != std::string::npos;
    }));
    return log.substr(log.rfind("disconnect from", log.find(" mail=1 ")));
  }

 private:
  TestAuthority authority_{{"mx.example.com", "*.example.com"}};
  std::uint16_t port_ = free_port();
  std::unique_ptr<GeneratedPostfix> postfix_;
};

TEST(PostfixGenerateRoutes, GoToTheFirstHostAndToTheNextOnesWhenItIsAway) {
  SmtpSink first;
  const SmtpSink second;
  const SmtpSink six("::1");
  const Sender sender(
      fmt::format("[outgoing]\nhosts = 127.0.0.1:{}, {}\n"
                  "[route ours]\ndomains = ours.test, .ours.test\n"
                  "hosts = {}, {}\n",
                  free_port(), six.place(), first.place(), second.place()));
  EXPECT_THAT(sender.send("one@ours.test"), HasSubstr("status=sent"));
  EXPECT_TRUE(first.gets(1));
  EXPECT_EQ(second.messages(), 0U);
  first.stop();
  EXPECT_THAT(sender.send("two@below.ours.test"), HasSubstr("status=sent"));
  EXPECT_TRUE(second.gets(1)) << sender.log();
  EXPECT_THAT(sender.send("three@elsewhere.test"), HasSubstr("status=sent"));
  EXPECT_TRUE(six.gets(1)) << sender.log();
}

TEST(PostfixGenerateRoutes, AreExactAboutWhoseMailIsTaken) {
  const SmtpSink sink;
  const Sender sender("[route ours]\ndomains = ours.test\nhosts = " + sink.place() + '\n');
  const std::string stranger = "127.0.0.8";
  EXPECT_EQ(sender.told("a@ours.test", stranger), 250);
  EXPECT_EQ(sender.told("a@below.ours.test", stranger), 554);
  EXPECT_EQ(sender.told("a@oursXtest", stranger), 554);
  // It listens on all addresses.
  for (const char* address : {"127.0.0.8", "::1"}) {
    SmtpClient client(sender.at(address));
    EXPECT_EQ(client.read_banner().code, 220) << address;
  }
}

TEST(PostfixGenerateRoutes, WithTlsRequiredAPlainHostGetsNothing) {
  const TlsServer server;
  const SmtpSink plain;
  const Sender sender(
      fmt::format("[outgoing]\ntls = require\n"
                  "[route plain]\ndomains = plain.test\nhosts = {}\n"
                  "[route tls]\ndomains = mx.test\nhosts = 127.0.0.1:{}\n",
                  plain.place(), server.port()));
  const std::string refused = sender.send("one@plain.test");
  EXPECT_THAT(refused, HasSubstr("status=deferred"));
  EXPECT_THAT(refused, HasSubstr("TLS is required, but was not offered"));
  EXPECT_EQ(plain.messages(), 0U);
  EXPECT_THAT(sender.send("two@mx.test"), HasSubstr("status=sent"));
}

TEST(PostfixGenerateRoutes, WithTlsVerifiedAnotherNameGetsNothing) {
  const TlsServer server;
  const Sender sender(
      fmt::format("[outgoing]\ntls = verify\nca = {0}\n"
                  "[route good]\ndomains = mx.test\nhosts = mx.example.com:{1}\n"
                  "[route bad]\ndomains = bad.test\nhosts = wrong.example:{1}\n",
                  server.authorities(), server.port()));
  EXPECT_THAT(sender.send("one@mx.test"), HasSubstr("status=sent")) << sender.log();
  const std::string refused = sender.send("two@bad.test");
  EXPECT_THAT(refused, HasSubstr("status=deferred"));
  EXPECT_THAT(refused, HasSubstr("Server certificate not verified"));
}

TEST(PostfixGenerateRoutes, WithTlsVerifiedAWildcardStandsForOneLabel) {
  const TlsServer server("any.example.com");
  const Sender sender(
      fmt::format("[outgoing]\ntls = verify\nca = {0}\n"
                  "[route good]\ndomains = mx.test\nhosts = mx.example.com:{1}\n"
                  "[route deep]\ndomains = deep.test\nhosts = deep.mx.example.com:{1}\n"
                  "[route bare]\ndomains = bare.test\nhosts = example.com:{1}\n",
                  server.authorities(), server.port()));
  EXPECT_THAT(sender.send("one@mx.test"), HasSubstr("status=sent")) << sender.log();
  for (const char* recipient : {"two@deep.test", "three@bare.test"}) {
    EXPECT_THAT(sender.send(recipient), HasSubstr("Server certificate not verified")) << recipient;
  }
}

TEST(PostfixGenerateRoutes, WithTlsVerifiedAnotherAuthorityGetsNothing) {
  const TlsServer server;
  const Sender sender(
      fmt::format("[outgoing]\ntls = verify\nca = {0}\n"
                  "[route good]\ndomains = mx.test\nhosts = mx.example.com:{1}\n",
                  server.other_authorities(), server.port()));
  EXPECT_THAT(sender.send("one@mx.test"),
              HasSubstr("status=deferred (Server certificate not verified)"));
}

TEST(PostfixGenerateRoutes, WithTlsMayItIsUsedWhereItIsOffered) {
  const TlsServer server;
  const SmtpSink plain;
  const Sender sender(
      fmt::format("[outgoing]\ntls = may\n"
                  "[route plain]\ndomains = plain.test\nhosts = {}\n"
                  "[route tls]\ndomains = mx.test\nhosts = 127.0.0.1:{}\n",
                  plain.place(), server.port()));
  EXPECT_THAT(sender.send("one@plain.test"), HasSubstr("status=sent"));
  EXPECT_TRUE(plain.gets(1));
  EXPECT_THAT(sender.send("two@mx.test"), HasSubstr("status=sent"));
  EXPECT_THAT(server.commands(), HasSubstr(" starttls=1 "));
}

TEST(PostfixGenerateRoutes, WithTlsOffNobodyIsAskedForIt) {
  const TlsServer server;
  const Sender sender(
      fmt::format("[outgoing]\ntls = off\n"
                  "[route tls]\ndomains = mx.test\nhosts = 127.0.0.1:{}\n",
                  server.port()));
  EXPECT_THAT(sender.send("one@mx.test"), HasSubstr("status=sent"));
  EXPECT_THAT(server.commands(), Not(HasSubstr(" starttls=")));
}

}  // namespace
}  // namespace portcullis::testing
