#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/mta/support/guarded_mta.h"

namespace portcullis::testing {

// For GoogleTest's messages.
inline void PrintTo(const Gauges& gauges, std::ostream* out) {
  *out << to_string(gauges);
}

// Tests against a real MTA with portcullisd as its milter. The pair is started once for all the
// tests of a suite that run in one process; each test puts its own policy in force.
class GuardedMtaTest : public ::testing::TestWithParam<MtaKind> {
 public:
  static void TearDownTestSuite() { shared_.reset(); }

 protected:
  void SetUp() override {
    if (!shared_) shared_ = make_host();
  }

  // A test that has failed may have left anything behind.
  void TearDown() override {
    if (HasFailure()) shared_.reset();
  }

  virtual std::unique_ptr<GuardedMta> make_host() {
    return std::make_unique<GuardedMta>(GetParam(), "[listener inbound]\n",
                                        GuardedMta::three_services());
  }

  static GuardedMta& host() { return *shared_; }
  static PortcullisDaemon& daemon() { return shared_->daemon(); }
  static MtaInstance& mta() { return shared_->mta(); }
  static bool on_postfix() { return GetParam() == MtaKind::postfix; }

  static SmtpClient client_from(const std::string& source, std::string_view service = "inbound") {
    return SmtpClient(mta().endpoint(service), source);
  }

  // A client that the MTA has greeted: the daemon has judged and counted it by then.
  static SmtpClient greeted(const std::string& source, std::string_view service = "inbound") {
    SmtpClient client = client_from(source, service);
    EXPECT_EQ(client.read_banner().code, 220) << client.transcript_text();
    return client;
  }

  static Conversation talk_from(const std::string& source, std::string_view service = "inbound") {
    SmtpClient client = client_from(source, service);
    return converse(client);
  }

  static void expect_permitted(const std::string& source, std::string_view service = "inbound") {
    const Conversation told = talk_from(source, service);
    EXPECT_TRUE(told.permitted()) << told.transcript;
  }

  // Denied at CONNECT, as both MTAs show it.
  static void expect_denied(const std::string& source, std::string_view service = "inbound") {
    const Conversation told = talk_from(source, service);
    EXPECT_EQ(told.banner.code, 554) << told.transcript;
    EXPECT_EQ(told.mail.code / 100, 5) << told.transcript;
  }

  // 421, and the server hangs up.
  static void expect_turned_away(const std::string& source, std::string_view service = "inbound") {
    SmtpClient client = client_from(source, service);
    EXPECT_EQ(client.read_banner().code, 421) << client.transcript_text();
    EXPECT_TRUE(client.closed_by_peer()) << client.transcript_text();
  }

 private:
  static inline std::unique_ptr<GuardedMta> shared_;
};

// Makes Postfix/FIXTURE.* and Sendmail/FIXTURE.*.
#define PORTCULLIS_ON_POSTFIX(fixture)                                            \
  INSTANTIATE_TEST_SUITE_P(Postfix, fixture, ::testing::Values(MtaKind::postfix), \
                           [](const auto& each) { return to_string(each.param); })
#define PORTCULLIS_ON_BOTH_MTAS(fixture)                                            \
  PORTCULLIS_ON_POSTFIX(fixture);                                                   \
  INSTANTIATE_TEST_SUITE_P(Sendmail, fixture, ::testing::Values(MtaKind::sendmail), \
                           [](const auto& each) { return to_string(each.param); })

}  // namespace portcullis::testing
