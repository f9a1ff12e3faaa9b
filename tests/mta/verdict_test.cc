// Whom the lists let in, through a real MTA.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

class Verdict : public GuardedMtaTest {};
PORTCULLIS_ON_BOTH_MTAS(Verdict);

TEST_P(Verdict, AcceptsAllExceptTheDenyList) {
  host().use_policy(R"(
[listener inbound]
default = accept
[class blocked]
action = deny
clients = 127.0.2.0/24, 127.0.3.3
)");
  expect_permitted("127.0.1.1");
  expect_permitted("127.0.3.4");
  expect_denied("127.0.2.1");
  expect_denied("127.0.2.254");
  expect_denied("127.0.3.3");
}

TEST_P(Verdict, DeniesAllExceptThePermitList) {
  host().use_policy(R"(
[listener inbound]
default = deny
[class partners]
action = permit
clients = 127.0.2.0/24, 127.0.3.3
)");
  expect_permitted("127.0.2.1");
  expect_permitted("127.0.3.3");
  expect_denied("127.0.1.1");
  expect_denied("127.0.3.4");
}

TEST_P(Verdict, ReadsItsEntriesFromListFiles) {
  daemon().write_list("blocked.list", "127.0.2.0/24 ; SBL1\n127.0.4.1-127.0.4.6\n127.0.5.5\n");
  host().use_policy(R"(
[listener inbound]
[class blocked]
action = deny
clients = file:blocked.list
)");
  expect_denied("127.0.2.7");
  expect_denied("127.0.4.6");
  expect_permitted("127.0.4.7");
  const auto explanation = daemon().explain({"127.0.4.6"});
  EXPECT_EQ(explanation.at("verdict"), "reject");
  EXPECT_EQ(explanation.at("entry").at("line"), 2);
  const std::string place = daemon().scratch() / "blocked.list:2";
  EXPECT_TRUE(daemon().wait_for_log("source=" + place).has_value()) << daemon().log();
}

TEST_P(Verdict, DeniesAnIpv6Client) {
  host().use_policy(R"(
[listener six]
[class blocked]
action = deny
clients = ::/120
)");
  expect_denied("::1", "six");
  EXPECT_TRUE(daemon().wait_for_log("entry=\"::/120\"").has_value()) << daemon().log();
}

TEST_P(Verdict, PermitsAnIpv6Client) {
  host().use_policy(R"(
[listener six]
default = deny
[class partners]
action = permit
clients = ::1
)");
  expect_permitted("::1", "six");
  expect_denied("127.0.0.1");
}

TEST_P(Verdict, PermitInsideAWiderDenyWins) {
  host().use_policy(R"(
[listener inbound]
[class blocked]
action = deny
clients = 127.0.2.0/24
[class partners]
action = permit
clients = 127.0.2.25
)");
  expect_permitted("127.0.2.25");
  expect_denied("127.0.2.24");
}

TEST_P(Verdict, DenyInsideAWiderPermitWins) {
  host().use_policy(R"(
[listener inbound]
default = deny
[class partners]
action = permit
clients = 127.0.0.0/16
[class blocked]
action = deny
clients = 127.0.2.0/24
)");
  expect_permitted("127.0.1.1");
  expect_denied("127.0.2.25");
}

TEST_P(Verdict, PermitBeatsDenyOnTheSameNetwork) {
  host().use_policy(R"(
[listener inbound]
default = deny
[class blocked]
action = deny
clients = 127.0.2.0/24
[class partners]
action = permit
clients = 127.0.2.0/24
)");
  expect_permitted("127.0.2.1");
}

TEST_P(Verdict, ExemptBeatsEveryDenyHoweverNarrow) {
  host().use_policy(R"(
[listener inbound]
default = deny
[class blocked]
action = deny
clients = 127.0.2.25, 127.0.2.0/24
[class internal]
action = exempt
clients = 127.0.2.0/25
)");
  expect_permitted("127.0.2.25");
  expect_denied("127.0.2.128");
}

TEST_P(Verdict, AnExpiredEntryNoLongerCounts) {
  host().use_policy(R"(
[listener inbound]
[class blocked]
action = deny
clients = 127.0.2.1 expires=2020-01-01T00:00:00Z
    127.0.2.2 expires=2099-01-01T00:00:00Z
)");
  expect_permitted("127.0.2.1");
  expect_denied("127.0.2.2");
}

TEST_P(Verdict, IsWhatExplainSays) {
  host().use_policy(R"(
[listener inbound]
[class blocked]
action = deny
clients = 127.0.2.0/24
[class cut]
action = deny
clients = 127.0.3.0/24
answer_at = drop
[class partners]
action = permit
clients = 127.0.2.25
)");
  const std::vector<std::pair<std::string, int>> clients = {
      {"127.0.1.1", 220}, {"127.0.2.1", 554}, {"127.0.2.25", 220}, {"127.0.3.1", 421}};
  const std::map<int, std::string> verdicts = {
      {220, "continue"}, {554, "reject"}, {421, "tempfail"}};
  for (const auto& [address, code] : clients) {
    SmtpClient client = client_from(address);
    EXPECT_EQ(client.read_banner().code, code) << client.transcript_text();
    EXPECT_EQ(daemon().explain({address}).at("verdict"), verdicts.at(code)) << address;
  }
}

}  // namespace
}  // namespace portcullis::testing
