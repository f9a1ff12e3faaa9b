// Several services of one MTA: each is judged by the policy's listener that it belongs to.

#include <fmt/core.h>

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

class Listeners : public GuardedMtaTest {
 protected:
  // Lines after `mark` that warn of a service without a listener, once everything has been logged.
  static int warnings_after(std::size_t mark) {
    const std::string last = fmt::format("127.0.99.{}", ++last_client_);  // lines keep their order
    client_from(last).read_banner();
    EXPECT_TRUE(daemon().wait_for_log("[" + last + "]", mark).has_value()) << daemon().log();
    const std::string log = daemon().log().substr(mark);
    int count = 0;
    const std::string_view text = "no listener matches the MTA's service";
    for (std::size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) {
      ++count;
    }
    return count;
  }

 private:
  static inline int last_client_ = 0;
};
PORTCULLIS_ON_BOTH_MTAS(Listeners);

TEST_P(Listeners, AreFoundByTheNameOfTheService) {
  host().use_policy(R"(
[listener front]
daemon_name = inbound
[listener second]
default = deny
port = 587
[class blocked]
action = deny
clients = 127.0.2.1
listeners = front
[class staff]
action = permit
clients = 127.0.2.0/24
listeners = second
)");
  const std::size_t mark = daemon().log_mark();
  expect_permitted("127.0.1.1", "inbound");
  expect_denied("127.0.1.1", "second");
  expect_denied("127.0.2.1", "inbound");
  expect_permitted("127.0.2.1", "second");

  SmtpClient one = greeted("127.0.1.1", "inbound");
  SmtpClient two = greeted("127.0.2.1", "second");
  EXPECT_TRUE(host().reaches({.sessions = 2,
                              .counted = 2,
                              .listeners = {{"front", 1}, {"second", 1}},
                              .classes = {{"staff", 1}}}))
      << to_string(host().gauges());
  EXPECT_EQ(warnings_after(mark), 0) << daemon().log();
}

TEST_P(Listeners, AreFoundByPortIfNoNameMatches) {
  host().use_policy(
      fmt::format("[listener front]\nport = {}\n"
                  "[listener staff]\nport = {}\ndefault = deny\n"
                  "[class staff]\naction = permit\nclients = 127.0.2.1\n",
                  host().port("inbound"), host().port("second")));
  const std::size_t mark = daemon().log_mark();
  expect_permitted("127.0.1.1", "inbound");
  expect_denied("127.0.1.1", "second");
  expect_permitted("127.0.2.1", "second");
  EXPECT_TRUE(daemon().wait_for_log("listener=staff", mark).has_value()) << daemon().log();
  EXPECT_EQ(warnings_after(mark), 0) << daemon().log();
}

TEST_P(Listeners, AreFoundByAddressAndPortIfNoNameMatches) {
  host().use_policy(
      fmt::format("[listener elsewhere]\naddress = 192.0.2.1\nport = {0}\n"
                  "default = deny\n"
                  "[listener here]\naddress = 127.0.0.1\nport = {0}\n"
                  "[listener six]\ndaemon_name = none\naddress = ::1\nport = {1}\n"
                  "default = deny\n"
                  "[class staff]\naction = permit\nclients = 127.0.2.1\n",
                  host().port("inbound"), host().port("six")));
  const std::size_t mark = daemon().log_mark();
  expect_permitted("127.0.1.1", "inbound");
  expect_denied("::1", "six");
  EXPECT_EQ(warnings_after(mark), 0) << daemon().log();
}

TEST_P(Listeners, ServiceWithoutOneIsJudgedByTheFirstInboundOneWithAWarningOnce) {
  host().use_policy(R"(
[listener staff]
role = submission
port = 587
[listener public]
port = 25
default = deny
[listener other]
port = 26
[class partners]
action = permit
clients = 127.0.2.1
)");
  const std::size_t mark = daemon().log_mark();
  for (int round = 0; round < 3; ++round) {
    expect_denied("127.0.1.1", "inbound");
    expect_permitted("127.0.2.1", "inbound");
  }
  EXPECT_TRUE(daemon().wait_for_log("listener=public", mark).has_value()) << daemon().log();
  EXPECT_EQ(warnings_after(mark), 1) << daemon().log();
  const auto warning = daemon().wait_for_log("no listener matches", mark);
  ASSERT_TRUE(warning.has_value());
  EXPECT_NE(warning->find("daemon_name=inbound"), std::string::npos) << *warning;
  EXPECT_NE(warning->find(fmt::format("daemon_port={}:", host().port("inbound"))),
            std::string::npos)
      << *warning;

  expect_denied("127.0.1.1", "second");
  EXPECT_TRUE(eventually([mark] { return warnings_after(mark) == 2; }))
      << "another service: " << daemon().log();
}

}  // namespace
}  // namespace portcullis::testing
