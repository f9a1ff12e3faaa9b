// A running Sendmail takes a policy as a whole, or goes on with what it had.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contrib/apply.h"
#include "contrib/endpoint_probe.h"
#include "tests/mta/generated/generated_sendmail.h"
#include "tests/mta/support/child_process.h"
#include "tests/mta/support/daemon_process.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/openssl_client.h"
#include "tests/mta/support/smtp_sink.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;

class SendmailGenerateApply : public ::testing::Test {
 protected:
  SendmailGenerateApply() {
    daemon_.write_policy("[listener inbound]\n");
    daemon_.start();
    MtaOptions options;
    options.listeners = {{.name = "inbound", .port = port_}};
    sendmail_ = std::make_unique<GeneratedSendmail>(policy("first"), options);
    sendmail_->start();
  }

  std::string policy(const std::string& banner, const std::string& more = "") const {
    return fmt::format(
        "[daemon]\nsocket = {}\n[mta]\nbanner = {}\n"
        "[listener inbound]\naddress = 127.0.0.1\nport = {}\n{}",
        daemon_.milter_address(), banner, port_, more);
  }

  ApplyResult apply(const std::string& policy) {
    ApplyOptions how;
    how.directory = sendmail_->directory();
    how.name = fmt::format("test{}", ++applied_);
    how.patience = std::chrono::milliseconds(5000);
    how.probe = [](const MtaEndpoint& endpoint) {
      return ask_endpoint(endpoint, std::chrono::milliseconds(3000));
    };
    how.wait = [](std::chrono::milliseconds pause) {
      (void)eventually([] { return false; }, pause);
    };
    return apply_configuration(*sendmail_->configuration(policy), how);
  }

  std::string banner() const {
    std::string text;
    EXPECT_TRUE(eventually([&] {
      try {
        text = sendmail_->connect().read_banner().text;
        return true;
      } catch (const std::exception&) {
        return false;  // between the old one and the new one
      }
    }));
    return text;
  }

  TestAuthority authority_{{"mx.test"}};
  std::uint16_t port_ = free_port();
  PortcullisDaemon daemon_;
  std::unique_ptr<GeneratedSendmail> sendmail_;
  int applied_ = 0;
};

TEST_F(SendmailGenerateApply, APolicyIsPutIntoForceOnce) {
  const std::string second =
      policy("second", fmt::format("tls = may\ncertificate = mx\n[certificate mx]\ncertificate = "
                                   "{0}\nkey = {1}\n",
                                   authority_.path("mx.test.pem"), authority_.path("mx.test.key")));
  const ApplyResult result = apply(second);
  EXPECT_EQ(result.outcome, ApplyOutcome::applied) << result.found.format_all();
  EXPECT_TRUE(result.reloaded);
  EXPECT_EQ(banner(), "220 mx.test ESMTP second");
  EXPECT_EQ(apply(second).outcome, ApplyOutcome::unchanged);
  // And back again: what is not said any more goes.
  EXPECT_EQ(apply(policy("first")).outcome, ApplyOutcome::applied);
  EXPECT_EQ(banner(), "220 mx.test ESMTP first");
}

TEST_F(SendmailGenerateApply, APortThatIsTakenIsRefusedAndNothingChanges) {
  const SmtpSink other;
  const ApplyResult result = apply(policy(
      "second", fmt::format("[listener more]\naddress = 127.0.0.1\nport = {}\n", other.port())));
  EXPECT_EQ(result.outcome, ApplyOutcome::refused);
  EXPECT_THAT(result.found.format_all(), HasSubstr("cannot be listened on at 127.0.0.1"));
  EXPECT_EQ(banner(), "220 mx.test ESMTP first");
}

// Without its key Sendmail runs, and offers no TLS: the probe sees it.
TEST_F(SendmailGenerateApply, WhatDoesNotWorkIsTakenBack) {
  const std::string mc = read_file(sendmail_->directory() / "sendmail.mc");
  // Behind our include, so that it wins: something of the administrator's that breaks TLS.
  sendmail_->scratch().write("sendmail.mc", mc + "define(`confSERVER_KEY', `/nonexistent')dnl\n");
  const ApplyResult result = apply(policy(
      "second", fmt::format("tls = may\ncertificate = mx\n[certificate mx]\ncertificate = "
                            "{0}\nkey = {1}\n",
                            authority_.path("mx.test.pem"), authority_.path("mx.test.key"))));
  EXPECT_EQ(result.outcome, ApplyOutcome::rolled_back) << result.found.format_all();
  EXPECT_EQ(banner(), "220 mx.test ESMTP first");
}

TEST_F(SendmailGenerateApply, AnErrorOfM4LeavesTheOldOneInForce) {
  const std::string mc = read_file(sendmail_->directory() / "sendmail.mc");
  sendmail_->scratch().write("sendmail.mc", mc + "FEATURE(`nocanonify')dnl\n");
  const ApplyResult result = apply(policy("second"));
  EXPECT_EQ(result.outcome, ApplyOutcome::rolled_back);
  EXPECT_THAT(result.found.format_all(), HasSubstr("FEATURE() should be before MAILER()"));
  EXPECT_EQ(banner(), "220 mx.test ESMTP first");
}

// It runs itself anew by that name, and does not find itself.
class StartedByARelativeName : public GeneratedSendmail {
 public:
  using GeneratedSendmail::GeneratedSendmail;

 protected:
  std::vector<std::string> command() const override {
    std::vector<std::string> all = {"sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh",
                                    scratch().path()};
    for (const std::string& word : GeneratedSendmail::command()) {
      all.push_back(word == (scratch() / "sendmail").string() ? "./sendmail" : word);
    }
    return all;
  }
};

TEST_F(SendmailGenerateApply, OneThatCannotRunItselfAnewIsStarted) {
  MtaOptions options;
  options.listeners = {{.name = "inbound", .port = port_}};
  sendmail_.reset();
  sendmail_ = std::make_unique<StartedByARelativeName>(policy("first"), options);
  sendmail_->start();
  const ApplyResult result = apply(policy("second"));
  EXPECT_EQ(result.outcome, ApplyOutcome::applied) << result.found.format_all();
  EXPECT_EQ(banner(), "220 mx.test ESMTP second");
  // It is nobody's child.
  run_command(
      {"sh", "-c", "kill $(head -1 \"$1\")", "sh", sendmail_->directory() / "sendmail.pid"});
}

// Sendmail takes it, and says only that it does not understand the time.
TEST_F(SendmailGenerateApply, WhatSendmailOnlyMumblesAboutIsTakenBackToo) {
  const std::string mc = read_file(sendmail_->directory() / "sendmail.mc");
  sendmail_->scratch().write("sendmail.mc", mc + "define(`confTO_HELO', `5x')dnl\n");
  const ApplyResult result = apply(policy("second"));
  EXPECT_EQ(result.outcome, ApplyOutcome::rolled_back);
  EXPECT_THAT(result.found.format_all(), HasSubstr("Invalid time unit"));
  EXPECT_EQ(banner(), "220 mx.test ESMTP first");
}

}  // namespace
}  // namespace portcullis::testing
