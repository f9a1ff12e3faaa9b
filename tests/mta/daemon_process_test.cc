// The harness around portcullisd: start, talk, reload, stop. What the daemon decides is tested
// elsewhere.

#include "tests/mta/support/daemon_process.h"

#include <csignal>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/mta/support/mta_instance.h"

namespace portcullis::testing {
namespace {

constexpr const char* kPolicy = R"([listener inbound]
role = inbound
default = accept

[class blocked]
action = deny
clients = file:blocked.list
answer_at = drop
)";

class Daemon : public ::testing::Test {
 protected:
  Daemon() {
    daemon_.write_list("blocked.list", "127.0.0.5\n");
    daemon_.write_policy(kPolicy);
  }

  PortcullisDaemon daemon_;
};

TEST_F(Daemon, StartsTellsItsStatusAndStops) {
  daemon_.start();
  EXPECT_EQ(daemon_.status().at("sessions"), 0);
  EXPECT_EQ(daemon_.explain({"127.0.0.5"}).at("verdict"), "tempfail");
  EXPECT_EQ(daemon_.stop().describe(), "exit 0") << daemon_.log();
  EXPECT_FALSE(daemon_.running());
}

TEST_F(Daemon, TellsAGoodReloadFromABadOne) {
  daemon_.start();
  EXPECT_TRUE(daemon_.reload()) << daemon_.log();
  daemon_.write_policy("[no such section]\n");
  EXPECT_FALSE(daemon_.reload()) << daemon_.log();
  EXPECT_EQ(daemon_.kill().describe(), "signal 9");
}

TEST_F(Daemon, ReportsThatItDoesNotStart) {
  daemon_.write_policy("[no such section]\n");
  EXPECT_THROW(daemon_.start(), std::runtime_error);
  EXPECT_EQ(daemon_.run_until_exit().code, 78) << daemon_.log();
}

class DaemonBehindMta : public Daemon, public ::testing::WithParamInterface<MtaKind> {};

INSTANTIATE_TEST_SUITE_P(Both, DaemonBehindMta,
                         ::testing::Values(MtaKind::postfix, MtaKind::sendmail),
                         [](const auto& each) { return to_string(each.param); });

TEST_P(DaemonBehindMta, IsAskedAboutEveryClient) {
  daemon_.start();
  MtaOptions options;
  options.milter = daemon_.milter_address();
  const auto mta = make_mta(GetParam(), std::move(options));
  mta->start();
  ASSERT_TRUE(daemon_.wait_until_idle());

  const std::size_t mark = daemon_.log_mark();
  SmtpClient denied = mta->connect("127.0.0.5");
  EXPECT_EQ(denied.read_banner().code, 421) << denied.transcript_text();
  EXPECT_TRUE(denied.closed_by_peer());
  EXPECT_TRUE(daemon_.wait_for_log("127.0.0.5", mark).has_value()) << daemon_.log();

  SmtpClient other = mta->connect("127.0.0.6");
  EXPECT_EQ(other.read_banner().code, 220) << other.transcript_text();
  EXPECT_EQ(daemon_.status().at("counted"), 1);
  other.quit();
  EXPECT_TRUE(daemon_.wait_until_idle());
}

}  // namespace
}  // namespace portcullis::testing
