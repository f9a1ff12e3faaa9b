// What `portcullis explain` advises, and what comes of it.
#include <map>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;

using Strings = std::vector<std::string>;

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

// The commands of the advice, as a shell takes them.
class ExplainCommand : public Cli {
 protected:
  Strings commands() const {
    Strings found;
    const auto json = json_here({"explain", "203.0.113.9"});
    for (const std::string advice : json["advice"]) {
      const std::size_t at = advice.find("portcullis list add");
      const std::size_t start = at == std::string::npos ? advice.find("portcullis set") : at;
      if (start != std::string::npos) found.push_back(advice.substr(start + 10));
    }
    return found;
  }

  std::string verdict() const { return json_here({"explain", "203.0.113.9"})["verdict"]; }

  // Does what is advised, which must be one command, and says what the client gets then.
  std::string follow() const {
    const Strings advised = commands();
    if (advised.size() != 1) return ::testing::PrintToString(advised);
    const CommandResult result = shell("\"$P\" -c \"$C\"" + advised.front());
    return result.status.code == 0 ? verdict() : advised.front() + '\n' + result.error;
  }
};

TEST_F(ExplainCommand, AddsToTheClassItselfIfItHasNoListFile) {
  write_policy("[listener wl]\ndefault = deny\n[class wl]\naction = permit\nclients = 192.0.2.1\n");
  EXPECT_EQ(verdict(), "reject");
  EXPECT_EQ(follow(), "continue");
}

TEST_F(ExplainCommand, PrefersAClassWithAListFile) {
  write_list("wl.list", "192.0.2.2\n");
  write_policy(
      "[listener inbound]\ndefault = deny\n"
      "[class inline]\naction = permit\nclients = 192.0.2.1\n"
      "[class wl]\naction = permit\nclients = file:wl.list\n");
  EXPECT_THAT(commands(), ElementsAre(" list add wl 203.0.113.9"));
  EXPECT_EQ(follow(), "continue");
}

TEST_F(ExplainCommand, NamesOneOfSeveralListFiles) {
  write_list("a.list", "192.0.2.2\n");
  write_list("b.list", "192.0.2.3\n");
  write_policy(
      "[listener inbound]\ndefault = deny\n"
      "[class wl]\naction = permit\nclients = file:a.list, file:b.list\n");
  EXPECT_EQ(follow(), "continue");
}

TEST_F(ExplainCommand, DeniesByNoClassThatOnlyObserves) {
  write_list("tried.list", "192.0.2.2\n");
  write_policy(
      "[listener inbound]\n"
      "[class tried]\naction = deny\nmode = observe\nclients = file:tried.list\n"
      "[class blocked]\naction = deny\nclients = 192.0.2.1\n");
  EXPECT_THAT(commands(), ElementsAre(" set \"class blocked.clients\" --add 203.0.113.9"));
  EXPECT_EQ(verdict(), "continue");
  EXPECT_EQ(follow(), "reject");
}

TEST_F(ExplainCommand, SaysThatAListenerOnlyObserves) {
  write_policy(
      "[listener inbound]\nmode = observe\n"
      "[class blocked]\naction = deny\nclients = 192.0.2.1\n");
  EXPECT_THAT(json_here({"explain", "203.0.113.9"})["advice"].get<Strings>().back(),
              ::testing::HasSubstr("set mode = enforce in [listener inbound]"));
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

}  // namespace
}  // namespace portcullis::testing
