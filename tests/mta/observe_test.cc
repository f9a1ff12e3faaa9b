// Observe: the verdict is reached, logged and counted, and the client gets through.

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

class Observe : public GuardedMtaTest {
 protected:
  static int count_of(const std::string& verdict) {
    return daemon().status().at("verdicts").at(verdict);
  }
};
PORTCULLIS_ON_BOTH_MTAS(Observe);

TEST_P(Observe, ClassLetsItsDeniedClientsThroughAndSaysSo) {
  host().use_policy(R"(
[listener inbound]
[class blocked]
action = deny
clients = 127.0.2.0/24
mode = observe
[class enforced]
action = deny
clients = 127.0.3.0/24
)");
  const int before = count_of("would_reject");
  const int rejected = count_of("reject");
  const std::size_t mark = daemon().log_mark();
  expect_permitted("127.0.2.9");
  const auto line = daemon().wait_for_log("[127.0.2.9]", mark);
  ASSERT_TRUE(line.has_value()) << daemon().log();
  EXPECT_NE(line->find("verdict=would-reject"), std::string::npos) << *line;
  EXPECT_EQ(count_of("would_reject"), before + 1);
  EXPECT_EQ(count_of("reject"), rejected);

  expect_denied("127.0.3.9");
  EXPECT_EQ(count_of("would_reject"), before + 1);
  EXPECT_EQ(count_of("reject"), rejected + 1);
}

TEST_P(Observe, ListenerTriesDenyAllOut) {
  host().use_policy(R"(
[listener inbound]
default = deny
mode = observe
[class partners]
action = permit
clients = 127.0.1.1
)");
  const int before = count_of("would_reject");
  expect_permitted("127.0.1.1");
  EXPECT_EQ(count_of("would_reject"), before);
  expect_permitted("127.0.2.9");
  EXPECT_EQ(count_of("would_reject"), before + 1);
}

TEST_P(Observe, TemporaryDenialIsLoggedAsWouldTempfail) {
  host().use_policy(R"(
[listener inbound]
[class blocked]
action = deny
clients = 127.0.2.0/24
reply = 451 4.7.1 Later
mode = observe
)");
  const std::size_t mark = daemon().log_mark();
  const int before = count_of("would_tempfail");
  expect_permitted("127.0.2.9");
  EXPECT_TRUE(daemon().wait_for_log("verdict=would-tempfail", mark).has_value()) << daemon().log();
  EXPECT_EQ(count_of("would_tempfail"), before + 1);
}

TEST_P(Observe, HoldsBackNeitherAtHeloNorByADrop) {
  host().use_policy(R"(
[listener inbound]
mode = observe
[class later]
action = deny
clients = 127.0.2.0/24
answer_at = helo
[class cut]
action = deny
clients = 127.0.3.0/24
answer_at = drop
)");
  expect_permitted("127.0.2.9");
  expect_permitted("127.0.3.9");
}

TEST_P(Observe, ClientThatWouldBeDeniedIsCountedWhileItIsThere) {
  host().use_policy(R"(
[listener inbound]
[class blocked]
action = deny
clients = 127.0.2.0/24
mode = observe
)");
  SmtpClient client = greeted("127.0.2.9");
  EXPECT_EQ(host().gauges(), (Gauges{.sessions = 1,
                                     .counted = 1,
                                     .listeners = {{"inbound", 1}},
                                     .classes = {{"blocked", 1}}}));
  client.quit();
  EXPECT_TRUE(host().reaches({}));
}

TEST_P(Observe, LimitIsReportedButNotEnforced) {
  host().use_policy(R"(
[listener inbound]
mode = observe
max_connections_per_client = 2
)");
  const int before = count_of("would_tempfail");
  std::vector<SmtpClient> open;
  // A line may come later than the greeting: each is awaited before the next client connects.
  for (int number = 0; number < 2; ++number) {
    const std::size_t mark = daemon().log_mark();
    open.push_back(greeted("127.0.1.1"));
    EXPECT_TRUE(daemon().wait_for_log("[127.0.1.1]", mark).has_value());
  }
  EXPECT_EQ(count_of("would_tempfail"), before);

  const std::size_t mark = daemon().log_mark();
  open.push_back(client_from("127.0.1.1"));
  EXPECT_TRUE(converse(open.back()).permitted()) << open.back().transcript_text();
  const auto line = daemon().wait_for_log("[127.0.1.1]", mark);
  ASSERT_TRUE(line.has_value()) << daemon().log();
  EXPECT_NE(line->find("verdict=would-tempfail"), std::string::npos) << *line;
  EXPECT_NE(line->find("limit=client"), std::string::npos) << *line;
  EXPECT_EQ(count_of("would_tempfail"), before + 1);
  EXPECT_EQ(host().gauges(), (Gauges{.sessions = 3, .counted = 3, .listeners = {{"inbound", 3}}}));

  for (SmtpClient& client : open) client.quit();
  EXPECT_TRUE(host().reaches({}));
}

}  // namespace
}  // namespace portcullis::testing
