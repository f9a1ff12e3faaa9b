#include "policy/policy.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/policy_builder.h"

namespace portcullis {
namespace {

using ::testing::ElementsAre;

constexpr Time kNow{std::chrono::seconds{1'800'000'000}};
constexpr Time kPast = kNow - std::chrono::hours{1};
constexpr Time kFuture = kNow + std::chrono::hours{1};

IpAddress address(std::string_view text) {
  return *IpAddress::parse(text);
}

IpPrefix network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const IpAddress first = address(text.substr(0, slash));
  if (slash == std::string_view::npos) return IpPrefix::host(first);
  return {first, static_cast<unsigned>(std::stoi(std::string(text.substr(slash + 1))))};
}

// A policy with a listener that accepts by default and one that denies.
class PolicyTest : public ::testing::Test {
 protected:
  PolicyTest() {
    Listener open;
    open.name = "open";
    open_ = builder_.add_listener(open);
    Listener closed;
    closed.name = "closed";
    closed.default_action = ListenerDefault::deny;
    closed_ = builder_.add_listener(closed);
  }

  ClassIndex add_class(std::string name, Action action, std::vector<std::string> entries = {},
                       std::optional<Time> expires = std::nullopt) {
    ClientClass made;
    made.name = std::move(name);
    made.action = action;
    return add_class(std::move(made), entries, expires);
  }

  ClassIndex add_class(ClientClass made, const std::vector<std::string>& entries,
                       std::optional<Time> expires = std::nullopt) {
    const std::string file = made.name + ".list";
    const ClassIndex index = builder_.add_class(std::move(made));
    const SourceIndex source = builder_.add_source(index, file);
    std::uint32_t line = 0;
    for (const std::string& entry : entries) {
      if (entry.find_first_not_of("0123456789abcdef.:/") == std::string::npos) {
        builder_.add_network(source, network(entry), ++line, expires);
      } else {
        builder_.add_host_name(source, entry, ++line, expires);
      }
    }
    return index;
  }

  const Policy& policy() {
    if (!policy_) policy_ = *builder_.build();
    return *policy_;
  }

  Verdict ask(std::string_view client, std::string_view name = {}, Time now = kNow) {
    return policy().evaluate_connect(open_, {address(client), name}, now);
  }

  // "deny blocked 192.0.2.0/24 blocked.list:1".
  std::string decision(const Verdict& verdict) {
    std::string text(to_string(verdict.decided_by));
    if (verdict.entry) {
      const EntryDescription entry = policy().describe(*verdict.entry);
      text += ' ' + policy().client_class(*verdict.client_class).name + ' ' + entry.text + ' ' +
              std::string(entry.file) + ':' + std::to_string(entry.line);
    }
    return text;
  }

  PolicyBuilder builder_;
  ListenerIndex open_{};
  ListenerIndex closed_{};
  std::shared_ptr<const Policy> policy_;
};

TEST_F(PolicyTest, LocalSubmissionGoesOn) {
  add_class("all", Action::deny, {"0.0.0.0/1", "128.0.0.0/1"});
  const Verdict verdict = policy().evaluate_connect(closed_, {std::nullopt, {}}, kNow);
  EXPECT_EQ(verdict.disposition, Disposition::proceed);
  EXPECT_TRUE(verdict.local);
}

TEST_F(PolicyTest, TheLongestPrefixWins) {
  add_class("blocked", Action::deny, {"192.0.2.0/24", "192.0.2.64/30"});
  add_class("partners", Action::permit, {"192.0.2.64/26"});
  EXPECT_EQ(decision(ask("192.0.2.1")), "deny blocked 192.0.2.0/24 blocked.list:1");
  EXPECT_EQ(decision(ask("192.0.2.70")), "permit partners 192.0.2.64/26 partners.list:1");
  EXPECT_EQ(decision(ask("192.0.2.65")), "deny blocked 192.0.2.64/30 blocked.list:2");
  EXPECT_EQ(decision(ask("192.0.3.1")), "default");
}

TEST_F(PolicyTest, AnExemptEntryBeatsEveryOther) {
  add_class("blocked", Action::deny, {"10.1.2.3"});
  add_class("internal", Action::exempt, {"10.0.0.0/8"});
  const Verdict verdict = ask("10.1.2.3");
  EXPECT_EQ(decision(verdict), "exempt internal 10.0.0.0/8 internal.list:1");
  EXPECT_EQ(verdict.disposition, Disposition::proceed);
}

TEST_F(PolicyTest, ALongerNameBeatsAnExemptDomain) {
  add_class("blocked", Action::deny, {"bad.example.com", "same.example"});
  add_class("friends", Action::exempt, {".example.com", "same.example"});
  EXPECT_EQ(decision(ask("192.0.2.1", "bad.example.com")),
            "deny blocked bad.example.com blocked.list:1");
  EXPECT_EQ(decision(ask("192.0.2.1", "mx.example.com")),
            "exempt friends .example.com friends.list:1");
  EXPECT_EQ(decision(ask("192.0.2.1", "same.example")),
            "exempt friends same.example friends.list:2");
}

TEST_F(PolicyTest, OnEqualPrefixesPermitBeatsDenyThenTheFirstClass) {
  add_class("blocked", Action::deny, {"192.0.2.0/24", "198.51.100.1"});
  add_class("blocked-too", Action::deny, {"198.51.100.1"});
  add_class("partners", Action::permit, {"192.0.2.0/24"});
  add_class("guests", Action::permit, {"192.0.2.0/24"});
  EXPECT_EQ(decision(ask("192.0.2.1")), "permit partners 192.0.2.0/24 partners.list:1");
  EXPECT_EQ(decision(ask("198.51.100.1")), "deny blocked 198.51.100.1 blocked.list:2");
}

TEST_F(PolicyTest, AnExpiredEntryLeavesTheNextShorterPrefixToDecide) {
  add_class("blocked", Action::deny, {"192.0.2.0/24"});
  add_class("expiring", Action::permit, {"192.0.2.7"}, kNow);
  EXPECT_EQ(decision(ask("192.0.2.7", {}, kPast)), "permit expiring 192.0.2.7 expiring.list:1");
  EXPECT_EQ(decision(ask("192.0.2.7", {}, kNow)), "deny blocked 192.0.2.0/24 blocked.list:1");
}

TEST_F(PolicyTest, AnExpiredExemptEntryExemptsNoLonger) {
  add_class("blocked", Action::deny, {"10.1.2.3"});
  add_class("visiting", Action::exempt, {"10.0.0.0/8"}, kNow);
  EXPECT_EQ(ask("10.1.2.3", {}, kPast).decided_by, DecidedBy::exempt);
  EXPECT_EQ(ask("10.1.2.3", {}, kFuture).decided_by, DecidedBy::deny);
  EXPECT_EQ(ask("10.9.9.9", {}, kFuture).decided_by, DecidedBy::listener_default);
}

TEST_F(PolicyTest, AVerifiedNameIsAskedOnlyWhenNoAddressMatches) {
  add_class("blocked", Action::deny, {".spam.example", "192.0.2.1"});
  add_class("partners", Action::permit, {"mx.spam.example", ".partner.example"});
  EXPECT_EQ(decision(ask("198.51.100.1", "a.spam.example")),
            "deny blocked .spam.example blocked.list:1");
  EXPECT_EQ(decision(ask("198.51.100.1", "MX.spam.example")),
            "permit partners mx.spam.example partners.list:1");
  EXPECT_EQ(decision(ask("198.51.100.1", "other.example")), "default");
  EXPECT_EQ(decision(ask("198.51.100.1", "")), "default");
  EXPECT_EQ(decision(ask("192.0.2.1", "mx.partner.example")),
            "deny blocked 192.0.2.1 blocked.list:2");
}

TEST_F(PolicyTest, AnExpiredAddressEntryLetsTheNameDecide) {
  add_class("old", Action::deny, {"192.0.2.1"}, kPast);
  add_class("partners", Action::permit, {".partner.example"});
  EXPECT_EQ(ask("192.0.2.1", "mx.partner.example").decided_by, DecidedBy::permit);
}

TEST_F(PolicyTest, TheDefaultOfTheListenerIsForEveryoneElse) {
  add_class("partners", Action::permit, {"2001:db8::/32"});
  EXPECT_EQ(ask("192.0.2.1").disposition, Disposition::proceed);
  const Verdict denied = policy().evaluate_connect(closed_, {address("192.0.2.1"), {}}, kNow);
  EXPECT_EQ(denied.disposition, Disposition::reject);
  EXPECT_EQ(denied.decided_by, DecidedBy::listener_default);
  EXPECT_EQ(denied.reply->to_string(), "554 5.7.1 Access denied");
  const Verdict let_in = policy().evaluate_connect(closed_, {address("2001:db8::1"), {}}, kNow);
  EXPECT_EQ(let_in.disposition, Disposition::proceed);
}

TEST_F(PolicyTest, AClassIsInForceOnItsListenersAlone) {
  ClientClass blocked;
  blocked.name = "blocked";
  blocked.action = Action::deny;
  blocked.listeners = {closed_};
  add_class(blocked, {"192.0.2.0/24"});
  add_class("wide", Action::permit, {"192.0.0.0/16"});
  EXPECT_EQ(ask("192.0.2.1").decided_by, DecidedBy::permit);
  EXPECT_EQ(policy().evaluate_connect(closed_, {address("192.0.2.1"), {}}, kNow).decided_by,
            DecidedBy::deny);
}

TEST_F(PolicyTest, TheClassReplyDecidesBetweenRejectAndTempfail) {
  ClientClass later;
  later.name = "later";
  later.action = Action::deny;
  later.reply = SmtpReply::known("450 4.7.1 Come back tomorrow");
  later.answer_at = AnswerAt::helo;
  add_class(later, {"192.0.2.0/24"});
  const Verdict verdict = ask("192.0.2.1");
  EXPECT_EQ(verdict.disposition, Disposition::tempfail);
  EXPECT_EQ(verdict.answer_at, AnswerAt::helo);
  EXPECT_EQ(verdict.reply->to_string(), "450 4.7.1 Come back tomorrow");
  EXPECT_TRUE(policy().answers_at_helo());
}

TEST_F(PolicyTest, ADroppedClientGets421) {
  ClientClass dropped;
  dropped.name = "dropped";
  dropped.action = Action::deny;
  dropped.answer_at = AnswerAt::drop;
  add_class(dropped, {"192.0.2.0/24"});
  const Verdict verdict = ask("192.0.2.1");
  EXPECT_EQ(verdict.reply->code(), 421);
  EXPECT_EQ(verdict.disposition, Disposition::tempfail);
  EXPECT_FALSE(policy().answers_at_helo());
}

TEST_F(PolicyTest, AnObservedVerdictLetsTheClientThrough) {
  ClientClass trial;
  trial.name = "trial";
  trial.action = Action::deny;
  trial.mode = Mode::observe;
  add_class(trial, {"192.0.2.0/24"});
  const Verdict verdict = ask("192.0.2.1");
  EXPECT_EQ(verdict.disposition, Disposition::reject);
  EXPECT_EQ(verdict.enforced(), Disposition::proceed);
}

TEST_F(PolicyTest, MatchingEntriesComeFromTheLongestPrefixToTheShortest) {
  add_class("blocked", Action::deny, {"192.0.2.0/24", "192.0.0.0/16"});
  add_class("partners", Action::permit, {"192.0.2.7", "192.0.2.0/24"});
  std::vector<std::string> texts;
  for (const EntryIndex entry :
       policy().matching_entries(open_, {address("192.0.2.7"), {}}, kNow)) {
    const EntryDescription found = policy().describe(entry);
    texts.push_back(found.text + " " + policy().client_class(found.client_class).name);
  }
  EXPECT_THAT(texts, ElementsAre("192.0.2.7 partners", "192.0.2.0/24 partners",
                                 "192.0.2.0/24 blocked", "192.0.0.0/16 blocked"));
}

TEST_F(PolicyTest, ARangeIsOneEntry) {
  const ClassIndex blocked = add_class("blocked", Action::deny);
  const SourceIndex source = builder_.add_source(blocked, "ranges.list");
  builder_.add_range(source, address("192.0.2.1"), address("192.0.2.14"), 3, std::nullopt);
  EXPECT_EQ(decision(ask("192.0.2.14")), "deny blocked 192.0.2.1-192.0.2.14 ranges.list:3");
  EXPECT_EQ(decision(ask("192.0.2.15")), "default");
  EXPECT_EQ(policy().entry_count(), 1u);
  EXPECT_EQ(policy().entry_count(blocked), 1u);
}

TEST_F(PolicyTest, TheFirstOfRepeatedEntriesIsKeptUnlessALaterOneLastsLonger) {
  const ClassIndex blocked = add_class("blocked", Action::deny);
  const SourceIndex source = builder_.add_source(blocked, "twice.list");
  builder_.add_network(source, network("192.0.2.1"), 1, std::nullopt);
  builder_.add_network(source, network("192.0.2.1"), 2, std::nullopt);
  builder_.add_network(source, network("192.0.2.2"), 3, kPast);
  builder_.add_network(source, network("192.0.2.2"), 4, kFuture);
  EXPECT_EQ(decision(ask("192.0.2.1")), "deny blocked 192.0.2.1 twice.list:1");
  EXPECT_EQ(decision(ask("192.0.2.2")), "deny blocked 192.0.2.2 twice.list:4");
}

TEST_F(PolicyTest, IsEmptyWithoutEntries) {
  EXPECT_EQ(ask("192.0.2.1").decided_by, DecidedBy::listener_default);
  EXPECT_EQ(ask("2001:db8::1").decided_by, DecidedBy::listener_default);
}

}  // namespace
}  // namespace portcullis
