#include <map>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Strings = std::vector<std::string>;

constexpr std::string_view kPolicy = R"([listener inbound]
port = 25
max_connections = 100
max_connections_per_client = 20

[listener closed]
port = 2525
default = deny
reply = 550 5.7.1 Not for you
answer_at = helo

[class blocked]
action = deny
clients = 192.0.2.0/24, 198.51.100.0/25
    203.0.113.0/24
    .spam.example
    2001:db8::/32
reply = 554 5.7.1 Access denied, see https://example.com/blocked

[class partners]
action = permit
clients = file:partners.list
max_connections = 50
max_connections_per_client = 10

[class internal]
action = exempt
clients = 203.0.0.0/16, 127.0.0.0/8

[class later]
action = deny
clients = 198.18.0.0/24
reply = 450 4.7.1 Come back later

[class dropped]
action = deny
clients = 198.18.1.0/24
answer_at = drop

[class told]
action = deny
clients = 198.18.2.0/24
answer_at = helo

[class candidates]
action = deny
clients = 198.18.3.0/24
mode = observe

[class bounced]
action = deny
clients = 198.18.4.0/24
listeners = closed
)";

constexpr std::string_view kPartners =
    "192.0.2.128/25 # inside a wider deny\n"
    "198.51.100.0/24\n"
    "mx.spam.example\n"
    "198.19.0.0/24 expires=2027-01-31T00:00:00Z\n"
    "198.19.0.0/16\n"
    ".good.spam.example\n"
    "198.19.8.1-198.19.8.6\n";

class Explain : public Cli {
 protected:
  Explain() {
    write_policy(kPolicy);
    write_list("partners.list", kPartners);
  }

  nlohmann::json explain(Strings arguments) const {
    arguments.insert(arguments.begin(), "explain");
    return json_here(std::move(arguments));
  }
  static std::string steps(const nlohmann::json& json) {
    std::string all;
    for (const std::string step : json["steps"]) all += step + '\n';
    return all;
  }
};

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

// "TEXT CLASS FATE" of every covering entry, in order.
Strings fates(const nlohmann::json& json) {
  Strings all;
  for (const auto& entry : json["entries"]) {
    all.push_back(std::string(entry["text"]) + ' ' + std::string(entry["class"]) + ' ' +
                  std::string(entry["fate"]));
  }
  return all;
}

class ExplainEntries : public Cli {
 protected:
  ExplainEntries() {
    write_policy(R"([listener inbound]
[listener other]
port = 26
[class permitted]
action = permit
clients = 192.0.2.0/24, 198.51.100.7, mx.example.com, .example.com
[class first]
action = deny
clients = 192.0.0.0/16, 192.0.2.0/24, 192.0.2.128/25 expires=2027-01-01T00:00:00Z
    203.0.113.0/24
    10.1.0.0/16
[class second]
action = deny
clients = 203.0.113.0/24
[class elsewhere]
action = deny
listeners = other
clients = 192.0.2.192/26
[class internal]
action = exempt
clients = 10.0.0.0/8, 10.0.0.0/9
)");
  }
  Strings fates_of(Strings arguments) const {
    arguments.insert(arguments.begin(), "explain");
    return fates(json_here(std::move(arguments)));
  }
};

TEST_F(ExplainEntries, EachSaysWhyItWonOrLost) {
  EXPECT_THAT(fates_of({"192.0.2.200", "--at", "2027-01-01T00:00:00Z"}),
              ElementsAre("192.0.0.0/16 first less_specific",
                          "192.0.2.0/24 first permit_before_deny", "192.0.2.0/24 permitted decides",
                          "192.0.2.128/25 first expired", "192.0.2.192/26 elsewhere not_in_force"));
  EXPECT_THAT(fates_of({"192.0.2.200", "--at", "2026-12-31T23:59:59Z"}),
              ElementsAre("192.0.0.0/16 first less_specific", "192.0.2.0/24 first less_specific",
                          "192.0.2.0/24 permitted less_specific", "192.0.2.128/25 first decides",
                          "192.0.2.192/26 elsewhere not_in_force"));
  EXPECT_THAT(fates_of({"203.0.113.1"}),
              ElementsAre("203.0.113.0/24 second class_order", "203.0.113.0/24 first decides"));
  EXPECT_THAT(fates_of({"10.1.2.3"}),
              ElementsAre("10.0.0.0/8 internal less_specific", "10.0.0.0/9 internal decides",
                          "10.1.0.0/16 first exempt_before"));
}

TEST_F(ExplainEntries, HostNamesToo) {
  EXPECT_THAT(
      fates_of({"8.8.8.8", "--name", "mx.example.com"}),
      ElementsAre(".example.com permitted less_specific", "mx.example.com permitted decides"));
  EXPECT_THAT(fates_of({"203.0.113.1", "--name", "a.example.com"}),
              ElementsAre(".example.com permitted address_before_name",
                          "203.0.113.0/24 second class_order", "203.0.113.0/24 first decides"));
}

TEST_F(ExplainEntries, TextSaysWhenAnEntryExpired) {
  const CommandResult result = run_here({"explain", "192.0.2.200", "--at", "2027-06-01T00:00:00Z"});
  EXPECT_THAT(result.output, HasSubstr("192.0.2.128/25 in class first (deny), " + policy_path() +
                                       ":9: expired at 2027-01-01T00:00:00Z\n"));
  EXPECT_THAT(result.output, HasSubstr("the class is not in force on listener inbound\n"));
}

// Advice, and what comes of it.
class ExplainAdvice : public Cli {
 protected:
  static constexpr std::string_view kLists =
      "[class partners]\naction = permit\nclients = file:partners.list\n"
      "[class blocked]\naction = deny\nclients = file:blocked.list\n"
      "[class internal]\naction = exempt\nclients = file:internal.list\n";

  void write_lists(const std::string& listener, const std::map<std::string, std::string>& lists) {
    write_policy(listener + std::string(kLists));
    for (const std::string name : {"partners", "blocked", "internal"}) {
      lists_[name] = "2001:db8:ffff::1\n";  // no list may be empty here
      if (lists.contains(name)) lists_[name] += lists.at(name);
      write_list(name + ".list", lists_[name]);
    }
  }

  nlohmann::json explain(const Strings& client) const {
    Strings arguments{"explain"};
    arguments.insert(arguments.end(), client.begin(), client.end());
    return json_here(arguments);
  }

  // Does as a sentence of advice says: adds or removes an entry of a list.
  void follow(const std::string& advice) {
    std::smatch found;
    if (std::regex_search(advice, found, std::regex("portcullis list add (\\S+) (\\S+)$"))) {
      lists_[found[1]] += std::string(found[2]) + '\n';
      write_list(std::string(found[1]) + ".list", lists_[found[1]]);
      return;
    }
    ASSERT_TRUE(std::regex_search(
        advice, found, std::regex("(?:remove|take it out of) (\\S+) (?:from|in) class ([^ ,]+),")))
        << advice;
    std::string& list = lists_[found[2]];
    const std::size_t place = list.find(std::string(found[1]) + '\n');
    ASSERT_NE(place, std::string::npos) << advice;
    list.erase(place, found[1].length() + 1);
    write_list(std::string(found[2]) + ".list", list);
  }

  std::map<std::string, std::string> lists_;
};

TEST_F(ExplainAdvice, EveryAdviceToPermitPermits) {
  const std::string accept = "[listener inbound]\n";
  const std::string deny = "[listener inbound]\ndefault = deny\n";
  struct Case {
    std::string listener;
    std::map<std::string, std::string> lists;
    Strings client;
    std::size_t advice;  // how many there are
  };
  const std::vector<Case> cases = {
      {accept, {{"blocked", "192.0.2.0/24\n"}}, {"192.0.2.7"}, 2},
      {accept, {{"blocked", "192.0.2.7\n"}}, {"192.0.2.7"}, 2},
      {accept, {{"blocked", "192.0.2.0/24\n192.0.0.0/16\n"}}, {"192.0.2.7"}, 1},
      {accept, {{"blocked", "192.0.2.0/24\n"}, {"partners", "192.0.0.0/16\n"}}, {"192.0.2.7"}, 2},
      {accept, {{"blocked", ".example.com\n"}}, {"192.0.2.7", "--name", "a.example.com"}, 2},
      {deny, {}, {"192.0.2.7"}, 1},
      {deny, {{"blocked", "192.0.2.0/24\n"}}, {"192.0.2.7"}, 1},
      {deny, {}, {"2001:db8::7"}, 1},
  };
  for (const Case& one : cases) {
    write_lists(one.listener, one.lists);
    const Strings advice = explain(one.client)["advice"].get<Strings>();
    EXPECT_EQ(advice.size(), one.advice) << ::testing::PrintToString(advice);
    for (const std::string& sentence : advice) {
      write_lists(one.listener, one.lists);
      EXPECT_EQ(explain(one.client)["verdict"], "reject");
      follow(sentence);
      EXPECT_EQ(explain(one.client)["verdict"], "continue") << sentence;
    }
  }
}

TEST_F(ExplainAdvice, FollowingAdviceToDenyDenies) {
  const std::string accept = "[listener inbound]\n";
  const std::vector<std::map<std::string, std::string>> cases = {
      {},
      {{"partners", "192.0.2.0/24\n"}},
      {{"partners", "192.0.2.7\n"}},
      {{"internal", "192.0.2.0/24\n"}},
      {{"internal", "192.0.2.0/24\n192.0.2.7\n"}, {"partners", "192.0.2.7\n"}},
  };
  for (const auto& lists : cases) {
    write_lists(accept, lists);
    int steps = 0;
    while (explain({"192.0.2.7"})["verdict"] == "continue") {
      ASSERT_LT(++steps, 6) << "the advice leads nowhere";
      const Strings advice = explain({"192.0.2.7"})["advice"].get<Strings>();
      for (const std::string& sentence : advice) follow(sentence);
    }
    EXPECT_GT(steps, 0);
  }
}

TEST_F(ExplainAdvice, NamesExpiryObservationAndWhatIsMissing) {
  write_policy(
      "[listener inbound]\n[class blocked]\naction = deny\nmode = observe\n"
      "clients = 192.0.2.0/24 expires=2027-01-01T00:00:00Z\n");
  const auto json = explain({"192.0.2.7", "--at", "2026-11-21T00:00:00Z"});
  EXPECT_THAT(
      json["advice"].get<Strings>(),
      ElementsAre("To permit it: make a class with action = permit that is in force on "
                  "listener inbound.",
                  "To permit it: remove 192.0.2.0/24 from class blocked, " + policy_path() + ":5",
                  "To enforce it: set mode = enforce in [class blocked].",
                  "It changes by itself at 2027-01-01T00:00:00Z, when 192.0.2.0/24 "
                  "expires."));
  EXPECT_THAT(explain({"local"})["advice"], ::testing::IsEmpty());
}

class ExplainMany : public Explain {
 protected:
  std::string log(std::string_view text) const {
    scratch_.write("mail.log", text);
    return scratch_ / "mail.log";
  }
};

constexpr std::string_view kLog =
    "Nov 22 02:35:08 mx1 postfix/smtpd[1]: connect from mx.example.org[198.51.100.7]\n"
    "Nov 22 02:35:08 mx1 postfix/smtpd[1]: disconnect from mx.example.org[198.51.100.7]\n"
    "Nov 22 02:35:09 mx1 postfix/smtpd[1]: connect from mx.example.org[198.51.100.7]\n"
    "Nov 22 02:35:09 mx1 postfix/closed/smtpd[1]: connect from unknown[8.8.8.8]\n"
    "Nov 22 02:35:10 mx1 postfix/smtpd[1]: connect from a.spam.example[8.8.4.4]\n";

TEST_F(ExplainMany, ALogBecomesATable) {
  const CommandResult result = run_here({"explain", "--file", log(kLog)});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(result.output,
            "ADDRESS       TIMES  NAME            LISTENER  VERDICT  CLASS    ENTRY\n"
            "198.51.100.7      2  mx.example.org  inbound   reject   blocked  198.51.100.0/25 " +
                policy_path() +
                ":14\n"
                "8.8.4.4           1  a.spam.example  inbound   reject   blocked  .spam.example " +
                policy_path() +
                ":16\n"
                "8.8.8.8           1  -               closed    reject   -        default\n"
                "\n"
                "3 clients, 4 connections: 4 reject\n");
}

TEST_F(ExplainMany, AddressesOneALineAndTheListenerThatWasAskedFor) {
  const std::string file = log("# seen today\n192.0.2.200\r\n\n192.0.2.200\n8.8.8.8");
  const CommandResult result = run_here({"explain", "--listener", "closed", "--file", file});
  EXPECT_EQ(result.output,
            "ADDRESS      TIMES  VERDICT   CLASS     ENTRY\n"
            "192.0.2.200      2  continue  partners  192.0.2.128/25 " +
                (scratch_ / "partners.list").string() +
                ":1\n"
                "8.8.8.8          1  reject    -         default\n"
                "\n"
                "2 clients, 3 connections: 2 continue, 1 reject\n");
  EXPECT_EQ(result.error, "");
}

TEST_F(ExplainMany, EachVerdictIsThatOfExplainAlone) {
  const std::string file =
      log("192.0.2.200\n192.0.2.1\n203.0.113.9\n198.18.0.1\n198.18.3.1\n"
          "8.8.8.8\n2001:db8::1\n");
  const auto json = json_here({"explain", "--file", file});
  EXPECT_EQ(json["all_clients"], 7);
  ASSERT_EQ(json["clients"].size(), 7);
  for (const auto& client : json["clients"]) {
    const auto alone = explain({client["address"]});
    for (const char* key :
         {"verdict", "enforced", "action", "class", "entry", "reply", "listener"}) {
      EXPECT_EQ(client[key], alone[key]) << client["address"] << ' ' << key;
    }
  }
}

TEST_F(ExplainMany, WhatIsNoClientIsReportedOnce) {
  const CommandResult result =
      run_here({"explain", "--file", log("192.0.2.300\n8.8.8.8\nnonsense\n" + std::string(kLog))});
  EXPECT_THAT(result.error, HasSubstr("mail.log:1: \"192.0.2.300\" is neither an address nor a "
                                      "line of a mail log; 1 more lines\n"));
  EXPECT_EQ(result.status.code, 0);
}

TEST_F(ExplainMany, HostileTextDoesNotReachTheTerminal) {
  std::string text = "\x1b]0;owned\x07\n";
  text += "Nov 1 x smtpd[1]: connect from \x1b]0;x\x07\x9b\"\\[8.8.8.8]\n";
  text += "Nov 1 x smtpd[1]: connect from " + std::string(300'000, 'a') + "[8.8.8.8]\n";
  text += std::string("\0\0\0\n", 4) + "8.8.4.4\n";
  const std::string file = log(text);
  for (const Strings& arguments : {Strings{}, Strings{"--json"}}) {
    Strings all{"explain", "--file", file};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const CommandResult result = run_here(all);
    EXPECT_EQ(result.status.code, 0);
    EXPECT_TRUE(is_fit_for_terminal(result.output)) << result.output;
    EXPECT_TRUE(is_fit_for_terminal(result.error)) << result.error;
    EXPECT_THAT(result.output, HasSubstr("8.8.4.4"));
    EXPECT_LT(result.output.size(), 3'000);
  }
  EXPECT_THAT(run_here({"explain", "--file", file}).output, HasSubstr("\\x1b]0;x\\x07"));
}

TEST_F(ExplainMany, ReadsStandardInput) {
  const CommandResult result =
      shell("printf '8.8.8.8\\n8.8.8.8\\n' | \"$P\" -c \"$C\" explain --file - --json");
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(nlohmann::json::parse(result.output)["clients"][0]["times"], 2);
}

TEST_F(ExplainMany, AgainstShowsOnlyThoseThatDiffer) {
  scratch_.write("other.conf",
                 "[listener inbound]\n[class friends]\naction = permit\n"
                 "clients = 198.51.100.7\n[class bad]\naction = deny\n"
                 "clients = 8.8.8.8\n");
  const std::string other = scratch_ / "other.conf";
  const CommandResult result =
      run_here({"explain", "--file", log(kLog), "--listener", "inbound", "--against", other});
  EXPECT_EQ(result.output,
            "ADDRESS       TIMES  NAME            VERDICT   CLASS    ENTRY" +
                std::string(policy_path().size() + 16, ' ') + "AGAINST   CLASS    ENTRY\n" +
                "198.51.100.7      2  mx.example.org  reject    blocked  198.51.100.0/25 " +
                policy_path() + ":14  continue  friends  198.51.100.7 " + other + ":4\n" +
                "8.8.4.4           1  a.spam.example  reject    blocked  .spam.example " +
                policy_path() + ":16    continue  -        default\n" +
                "8.8.8.8           1  -               continue  -        default" +
                std::string(policy_path().size() + 14, ' ') + "reject    bad      8.8.8.8 " +
                other +
                ":7\n\n3 clients, 4 connections; another verdict for 3 clients, 4 connections\n");
  const CommandResult same = run_here({"explain", "203.0.113.9", "--against", other});
  EXPECT_EQ(same.output, "1 client, 1 connection; no verdict differs\n");
  const auto json = json_here({"explain", "198.51.100.7", "--against", other});
  EXPECT_EQ(json["clients"][0]["verdict"], "reject");
  EXPECT_EQ(json["clients"][0]["against"]["verdict"], "continue");
  EXPECT_EQ(run_here({"explain", "8.8.8.8", "--against", scratch_ / "none"}).status.code, 66);
}

TEST_F(ExplainMany, UsageAndFilesThatAreNotThere) {
  const std::string file = log("8.8.8.8\n");
  EXPECT_EQ(run_here({"explain"}).status.code, 64);
  EXPECT_EQ(run_here({"explain", "8.8.8.8", "--file", file}).status.code, 64);
  EXPECT_EQ(run_here({"explain", "--file", file, "--name", "a.example"}).status.code, 64);
  EXPECT_EQ(run_here({"explain", "--file", scratch_ / "none"}).status.code, 66);
  EXPECT_EQ(run_here({"explain", "--file", scratch_ / "."}).status.code, 66);
  const auto json = json_here({"explain", "--file", log("\n")});
  EXPECT_EQ(json["all_clients"], 0);
}

}  // namespace
}  // namespace portcullis::testing
