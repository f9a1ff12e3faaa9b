// What `portcullis explain` says of one client.
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/explain_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(Explain, JsonHasTheKeysThatArePromised) {
  const CommandResult result = run_here({"explain", "192.0.2.200", "--json"});
  const auto json = nlohmann::ordered_json::parse(result.output);
  EXPECT_THAT(keys_of(json),
              ElementsAre("address", "listener", "verdict", "action", "class", "entry", "reply",
                          "mode", "overrode", "steps", "enforced", "answer_at", "limits",
                          "on_the_wire", "entries", "live", "advice"));
  EXPECT_THAT(keys_of(json["entries"][0]),
              ElementsAre("text", "file", "line", "class", "action", "expires", "fate"));
  EXPECT_THAT(keys_of(json["entry"]), ElementsAre("text", "file", "line"));
  EXPECT_THAT(keys_of(json["overrode"][0]), ElementsAre("text", "file", "line", "class"));
  EXPECT_THAT(keys_of(json["limits"]),
              ElementsAre("client_network", "client", "class", "listener"));
}

TEST_F(Explain, PermitInsideAWiderDeny) {
  const auto json = explain({"192.0.2.200"});
  EXPECT_EQ(json["address"], "192.0.2.200");
  EXPECT_EQ(json["listener"], "inbound");
  EXPECT_EQ(json["verdict"], "continue");
  EXPECT_EQ(json["action"], "permit");
  EXPECT_EQ(json["class"], "partners");
  EXPECT_EQ(json["entry"]["text"], "192.0.2.128/25");
  EXPECT_EQ(json["entry"]["file"], (scratch_ / "partners.list").string());
  EXPECT_EQ(json["entry"]["line"], 1);
  EXPECT_TRUE(json["reply"].is_null());
  EXPECT_EQ(json["mode"], "enforce");
  ASSERT_EQ(json["overrode"].size(), 1U);
  EXPECT_EQ(json["overrode"][0]["text"], "192.0.2.0/24");
  EXPECT_EQ(json["overrode"][0]["class"], "blocked");
  EXPECT_EQ(json["overrode"][0]["file"], policy_path());
  EXPECT_EQ(json["overrode"][0]["line"], 14);
  EXPECT_EQ(json["limits"]["client"], 10);
  EXPECT_EQ(json["limits"]["class"], 50);
  EXPECT_EQ(json["limits"]["listener"], 100);
  EXPECT_EQ(json["limits"]["client_network"], "192.0.2.200");
}

TEST_F(Explain, DenyInsideAWiderPermit) {
  const auto json = explain({"198.51.100.7"});
  EXPECT_EQ(json["verdict"], "reject");
  EXPECT_EQ(json["action"], "deny");
  EXPECT_EQ(json["class"], "blocked");
  EXPECT_EQ(json["reply"], "554 5.7.1 Access denied, see https://example.com/blocked");
  EXPECT_EQ(json["answer_at"], "connect");
  EXPECT_TRUE(json["limits"].is_null());
  EXPECT_EQ(json["overrode"][0]["text"], "198.51.100.0/24");
  EXPECT_EQ(json["overrode"][0]["class"], "partners");
}

TEST_F(Explain, ExemptGoesBeforeAMoreSpecificDeny) {
  const auto json = explain({"203.0.113.9"});
  EXPECT_EQ(json["verdict"], "continue");
  EXPECT_EQ(json["action"], "exempt");
  EXPECT_EQ(json["class"], "internal");
  EXPECT_EQ(json["overrode"][0]["text"], "203.0.113.0/24");
  EXPECT_TRUE(json["limits"].is_null());
  EXPECT_THAT(steps(json), HasSubstr("exempt goes before every other entry"));
}

TEST_F(Explain, ExpiredEntriesDoNotCount) {
  const auto before = explain({"198.19.0.1", "--at", "2027-01-30T23:59:59Z"});
  EXPECT_EQ(before["entry"]["line"], 4);
  EXPECT_EQ(before["overrode"].size(), 1U);
  EXPECT_THAT(steps(before), HasSubstr("in force until 2027-01-31T00:00:00Z"));
  const auto after = explain({"198.19.0.1", "--at", "2027-01-31T00:00:00Z"});
  EXPECT_EQ(after["entry"]["line"], 5);
  EXPECT_EQ(after["overrode"].size(), 0U);
}

TEST_F(Explain, ARangeIsNamedAsItIsWritten) {
  const auto json = explain({"198.19.8.3"});
  EXPECT_EQ(json["entry"]["text"], "198.19.8.1-198.19.8.6");
  EXPECT_EQ(json["entry"]["line"], 7);
}

TEST_F(Explain, HostNamesExactDomainAndLongest) {
  EXPECT_EQ(explain({"8.8.8.8", "--name", "a.b.spam.example"})["entry"]["text"], ".spam.example");
  EXPECT_EQ(explain({"8.8.8.8", "--name", "spam.example"})["class"], "blocked");
  const auto exact = explain({"8.8.8.8", "--name", "MX.Spam.Example."});
  EXPECT_EQ(exact["class"], "partners");
  EXPECT_EQ(exact["entry"]["text"], "mx.spam.example");
  EXPECT_EQ(exact["overrode"][0]["text"], ".spam.example");
  const auto longest = explain({"8.8.8.8", "--name", "a.good.spam.example"});
  EXPECT_EQ(longest["entry"]["text"], ".good.spam.example");
  EXPECT_EQ(explain({"8.8.8.8", "--name", "badspam.example"})["action"], "default");
}

TEST_F(Explain, ANameIsNotLookedAtWhenAnAddressEntryMatched) {
  const auto json = explain({"192.0.2.1", "--name", "mx.spam.example"});
  EXPECT_EQ(json["class"], "blocked");
  EXPECT_EQ(json["entry"]["text"], "192.0.2.0/24");
  EXPECT_THAT(steps(json), HasSubstr("Host name mx.spam.example is not looked at"));
}

TEST_F(Explain, ListenerDefaults) {
  const auto accepted = explain({"8.8.8.8"});
  EXPECT_EQ(accepted["verdict"], "continue");
  EXPECT_EQ(accepted["action"], "default");
  EXPECT_TRUE(accepted["class"].is_null());
  EXPECT_TRUE(accepted["entry"].is_null());
  EXPECT_EQ(accepted["limits"]["client"], 20);
  EXPECT_THAT(steps(accepted), HasSubstr("accepts everyone else (default = accept)"));

  const auto denied = explain({"8.8.8.8", "--listener", "closed", "--helo", "client.example"});
  EXPECT_EQ(denied["listener"], "closed");
  EXPECT_EQ(denied["verdict"], "reject");
  EXPECT_EQ(denied["action"], "default");
  EXPECT_EQ(denied["reply"], "550 5.7.1 Not for you");
  EXPECT_EQ(denied["answer_at"], "helo");
  EXPECT_THAT(steps(denied), HasSubstr("denies everyone else (default = deny)"));
  EXPECT_THAT(steps(denied), HasSubstr("HELO client.example"));
}

TEST_F(Explain, AClassIsInForceOnItsListenersOnly) {
  EXPECT_EQ(explain({"198.18.4.1"})["action"], "default");
  const auto json = explain({"198.18.4.1", "--listener", "closed"});
  EXPECT_EQ(json["class"], "bounced");
  EXPECT_EQ(json["answer_at"], "helo");
}

TEST_F(Explain, ATemporaryReplyDefers) {
  const auto json = explain({"198.18.0.1"});
  EXPECT_EQ(json["verdict"], "tempfail");
  EXPECT_EQ(json["action"], "deny");
  EXPECT_EQ(json["reply"], "450 4.7.1 Come back later");
}

TEST_F(Explain, DropHangsUpWith421) {
  const auto json = explain({"198.18.1.1"});
  EXPECT_EQ(json["verdict"], "tempfail");
  EXPECT_EQ(json["answer_at"], "drop");
  EXPECT_THAT(std::string(json["reply"]), StartsWith("421 4.7."));
  EXPECT_THAT(std::string(json["on_the_wire"][0]), HasSubstr("hangs up"));
}

TEST_F(Explain, HeloTellsTheTextOnBothMtas) {
  const auto json = explain({"198.18.2.1"});
  EXPECT_EQ(json["verdict"], "reject");
  EXPECT_EQ(json["answer_at"], "helo");
  EXPECT_THAT(std::string(json["on_the_wire"][0]), HasSubstr("MAIL with \"554 5.7.1"));
}

TEST_F(Explain, ObserveIsNotEnforced) {
  const auto json = explain({"198.18.3.1"});
  EXPECT_EQ(json["verdict"], "reject");
  EXPECT_EQ(json["enforced"], "continue");
  EXPECT_EQ(json["mode"], "observe");
  EXPECT_THAT(steps(json), HasSubstr("Class candidates only observes"));
  EXPECT_THAT(run_here({"explain", "198.18.3.1"}).output, StartsWith("verdict   would-reject"));
}

TEST_F(Explain, SlotsThatAreKeptForOthersAreNotGivenAway) {
  write_policy(
      "[listener inbound]\nmax_connections = 5\n"
      "[class partners]\naction = permit\nclients = 192.0.2.0/24\nreserved_connections = 5\n");
  const auto json = explain({"8.8.8.8"});
  EXPECT_EQ(json["verdict"], "tempfail");
  EXPECT_THAT(std::string(json["reply"]), StartsWith("421 "));
  EXPECT_EQ(explain({"192.0.2.1"})["verdict"], "continue");
}

TEST_F(Explain, IPv6AndMappedAddresses) {
  EXPECT_EQ(explain({"2001:db8::1"})["class"], "blocked");
  const auto mapped = explain({"::ffff:192.0.2.200"});
  EXPECT_EQ(mapped["address"], "192.0.2.200");
  EXPECT_EQ(mapped["class"], "partners");
  EXPECT_EQ(explain({"2001:db9:1:2:3::4"})["limits"]["client_network"], "2001:db9:1:2::/64");
}

TEST_F(Explain, LocalSubmission) {
  const auto json = explain({"local"});
  EXPECT_EQ(json["address"], "local");
  EXPECT_EQ(json["verdict"], "continue");
  EXPECT_EQ(json["action"], "default");
  EXPECT_TRUE(json["limits"].is_null());
  EXPECT_EQ(json["steps"].size(), 1U);
}

TEST_F(Explain, TheFirstInboundListenerIsAssumed) {
  write_policy("[listener out]\nrole = outbound\nport = 26\n[listener in]\nport = 25\n");
  EXPECT_EQ(explain({"192.0.2.1"})["listener"], "in");
}

TEST_F(Explain, BadDataIs65) {
  const std::vector<Strings> bad = {
      {"192.0.2.300"},
      {"192.0.2.0/24"},
      {"010.0.0.1"},
      {"fe80::1%eth0"},
      {""},
      {"mx.example.com"},
      {"192.0.2.1", "--listener", "none"},
      {"192.0.2.1", "--at", "tomorrow"},
      {"192.0.2.1", "--at", "2027-02-30T00:00:00Z"},
      {"192.0.2.1", "--name", ".example.com"},
      {"192.0.2.1", "--name", "two words"},
  };
  for (Strings arguments : bad) {
    arguments.insert(arguments.begin(), "explain");
    const CommandResult result = run_here(arguments);
    EXPECT_EQ(result.status.code, 65) << ::testing::PrintToString(arguments);
    EXPECT_THAT(result.error, StartsWith("portcullis: "));
    EXPECT_EQ(result.output, "");
  }
}

TEST_F(Explain, AnUnknownListenerIsAnsweredWithThoseThatThereAre) {
  EXPECT_THAT(run_here({"explain", "192.0.2.1", "--listener", "x"}).error,
              HasSubstr("known here: inbound, closed"));
}

TEST_F(Explain, TextSaysTheVerdictFirst) {
  const CommandResult result = run_here({"explain", "198.51.100.7", "--name", "mx.example.org"});
  EXPECT_EQ(
      result.output,
      "verdict   reject, 554 5.7.1 Access denied, see https://example.com/blocked (at "
      "connect)\n"
      "client    198.51.100.7, host name mx.example.org, on listener inbound\n"
      "decided   198.51.100.0/25 in class blocked (deny), " +
          policy_path() +
          ":14\n"
          "\n"
          "Entries that cover it, the widest first:\n"
          "     198.51.100.0/24 in class partners (permit), " +
          (scratch_ / "partners.list").string() +
          ":2: 198.51.100.0/25 is more specific\n"
          "     198.51.100.0/25 in class blocked (deny), " +
          policy_path() +
          ":14: decides\n"
          "\n"
          "How it was reached:\n"
          "  1. Address 198.51.100.7 is decided by 198.51.100.0/25 in class blocked (deny), " +
          policy_path() +
          ":14: the most specific of 2 entries that cover it.\n"
          "  2. Host name mx.example.org is not looked at: an address entry has decided.\n"
          "  3. A denied connection is not counted.\n"
          "\n"
          "What the client sees:\n"
          "     Postfix greets with \"554 HOST ESMTP not accepting connections\" and answers "
          "MAIL with \"554 5.7.1 Access denied, see https://example.com/blocked\".\n"
          "     Sendmail greets with \"554 HOST ESMTP not accepting messages\" and answers "
          "MAIL with \"550 5.0.0 Command rejected\".\n"
          "     The session stays open until the client leaves. For the text of the reply on "
          "both, set answer_at = helo.\n"
          "\n"
          "What would change it:\n"
          "     To permit it: portcullis list add partners 198.51.100.7\n"
          "     To permit it: remove 198.51.100.0/25 from class blocked, " +
          policy_path() + ":14\n");
}

}  // namespace
}  // namespace portcullis::testing
