#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Strings = std::vector<std::string>;

constexpr std::string_view kOld = R"([listener inbound]
port = 25
max_connections_per_client = 20

[listener submission]
port = 587
max_connections_per_client = 20

[listener old]
port = 26

[class partners]
action = permit
clients = 203.0.113.0/24
    mx.good.example
max_connections = 50

[class blocked]
action = deny
clients = 192.0.2.0/24
    .spam.example
    198.51.100.0/24 expires=2027-01-01T00:00:00Z
)";

class Diff : public Cli {
 protected:
  // A policy file that is the old one but for some texts.
  std::string changed(const std::string& name, const std::vector<Strings>& replacements) const {
    std::string text(kOld);
    for (const Strings& replacement : replacements) {
      const std::size_t place = text.find(replacement[0]);
      if (place == std::string::npos) throw std::runtime_error("no " + replacement[0]);
      text.replace(place, replacement[0].size(), replacement[1]);
    }
    scratch_.write(name, text);
    return scratch_ / name;
  }
  std::string old_policy() const { return changed("old.conf", {}); }

  static CommandResult diff(Strings arguments) {
    arguments.insert(arguments.begin(), "diff");
    arguments.insert(arguments.end(), {"--at", "2026-11-21T00:00:00Z"});
    return run(arguments);
  }
};

TEST_F(Diff, OfTheSamePolicyIsNothingAndEndsWith0) {
  const CommandResult result =
      diff({old_policy(), changed("same.conf", {{"port = 26", "port = 26 "}})});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(result.output, "");
  EXPECT_EQ(result.error, "");
}

TEST_F(Diff, TextSaysWhatWasAndWhatIs) {
  const std::string after =
      changed("new.conf", {{"192.0.2.0/24\n    .spam.example",
                            "192.0.2.0/25\n    198.51.101.0-198.51.101.127\n    .bad.spam.example"},
                           {"max_connections = 50", "max_connections = 60"},
                           {"listener old", "listener new"}});
  const CommandResult result = diff({old_policy(), after});
  EXPECT_EQ(result.status.code, 1) << result.error;
  EXPECT_EQ(result.output,
            "listener new: added\n"
            "listener old: removed\n"
            "listeners inbound, submission:\n"
            "  was reject, 554 5.7.1 Access denied (at connect), class blocked (deny)\n"
            "  is  continue, the default\n"
            "    for 128 IPv4 addresses, in 1 network:\n"
            "      192.0.2.128/25\n"
            "    for 1 host name whose address no entry covers:\n"
            "      .spam.example\n"
            "  was continue, the default\n"
            "  is  reject, 554 5.7.1 Access denied (at connect), class blocked (deny)\n"
            "    for 128 IPv4 addresses, in 1 network:\n"
            "      198.51.101.0/25\n"
            "  same verdict, but other limits of class partners (permit): 256 IPv4 addresses and 1 "
            "host name (--all lists them)\n");
  EXPECT_TRUE(is_fit_for_terminal(result.output));
}

TEST_F(Diff, AllListsThoseThatKeepTheirVerdict) {
  const std::string after = changed("new.conf", {{"max_connections = 50", "max_connections = 60"}});
  const CommandResult result = diff({old_policy(), after, "--all"});
  EXPECT_EQ(result.status.code, 1);
  EXPECT_EQ(
      result.output,
      "listeners inbound, submission:\n"
      "  was continue, class partners (permit), at most 20 a client, at most 50 for the class\n"
      "  is  continue, class partners (permit), at most 20 a client, at most 60 for the class\n"
      "    for 256 IPv4 addresses, in 1 network:\n"
      "      203.0.113.0/24\n"
      "    for 1 host name whose address no entry covers:\n"
      "      mx.good.example\n"
      "listener old:\n"
      "  was continue, class partners (permit), at most 50 for the class\n"
      "  is  continue, class partners (permit), at most 60 for the class\n"
      "    for 256 IPv4 addresses, in 1 network:\n"
      "      203.0.113.0/24\n"
      "    for 1 host name whose address no entry covers:\n"
      "      mx.good.example\n");
}

TEST_F(Diff, ChangedSettingsOfAListenerAreNamed) {
  const std::string after =
      changed("new.conf", {{"port = 26", "port = 2626\ndefault = deny\nmode = observe"}});
  const CommandResult result = diff({old_policy(), after});
  EXPECT_THAT(result.output, StartsWith("listener old: port was 26, is 2626\n"
                                        "listener old: default was accept, is deny\n"
                                        "listener old: mode was enforce, is observe\n"
                                        "listener old:\n"));
  EXPECT_THAT(result.output,
              HasSubstr("  is  would-reject (observed only), 554 5.7.1 Access denied "
                        "(at connect), the default\n"));
}

TEST_F(Diff, AtTellsWhichEntriesHaveExpired) {
  const std::string after = changed("new.conf", {{"2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"}});
  const std::string before = old_policy();
  EXPECT_EQ(diff({before, after}).status.code, 0);
  const CommandResult later = run({"diff", before, after, "--at", "2027-06-01T00:00:00Z"});
  EXPECT_EQ(later.status.code, 1);
  EXPECT_THAT(later.output, HasSubstr("      198.51.100.0/24\n"));
}

TEST_F(Diff, LimitBoundsWhatIsListedButNotWhatIsCounted) {
  const std::string after = changed(
      "new.conf",
      {{"    .spam.example\n", "    .spam.example\n    10.0.0.1\n    10.0.0.3\n    10.0.0.5\n"}});
  const CommandResult result = diff({old_policy(), after, "--limit", "1"});
  EXPECT_THAT(result.output, HasSubstr("    for 3 IPv4 addresses, in 3 networks:\n"
                                       "      10.0.0.1\n"
                                       "      and 2 more networks\n"));
  EXPECT_THAT(diff({old_policy(), after, "--limit", "all"}).output, Not(HasSubstr("more")));
  for (const std::string bad : {"0", "-1", "x", "", "9999999999"}) {
    EXPECT_EQ(diff({old_policy(), after, "--limit", bad}).status.code, 65) << bad;
  }
}

TEST_F(Diff, JsonHasTheKeysThatArePromised) {
  const std::string after = changed("new.conf", {{"192.0.2.0/24", "192.0.2.0/25"}});
  const CommandResult result = diff({old_policy(), after, "--json"});
  EXPECT_EQ(result.status.code, 1);
  const auto json = nlohmann::ordered_json::parse(result.output);
  EXPECT_THAT(keys_of(json), ElementsAre("differs", "added_listeners", "removed_listeners",
                                         "settings", "differences"));
  EXPECT_EQ(json["differs"], true);
  const auto& group = json["differences"].at(0);
  EXPECT_EQ(group["listeners"], (Strings{"inbound", "submission"}));
  const auto& change = group["changes"].at(0);
  EXPECT_THAT(keys_of(change), ElementsAre("kind", "was", "is", "addresses", "network_count",
                                           "networks", "name_count", "names"));
  EXPECT_THAT(keys_of(change["was"]), ElementsAre("verdict", "enforced", "action", "class", "reply",
                                                  "answer_at", "limits"));
  EXPECT_EQ(change["kind"], "verdict");
  EXPECT_EQ(change["was"]["class"], "blocked");
  EXPECT_TRUE(change["is"]["class"].is_null());
  EXPECT_EQ(change["is"]["limits"]["client"], 20);
  EXPECT_EQ(change["addresses"]["ipv4"], 128);
  EXPECT_EQ(change["addresses"]["ipv6"], "0");
  EXPECT_EQ(change["networks"], Strings{"192.0.2.128/25"});
}

TEST_F(Diff, TroubleEndsWithMoreThan1) {
  const std::string bad = changed("bad.conf", {{"192.0.2.0/24", "192.0.2.300"}});
  const CommandResult result = diff({old_policy(), bad});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_THAT(result.error, HasSubstr("bad.conf:"));
  EXPECT_THAT(result.output, IsEmpty());
  EXPECT_EQ(diff({old_policy(), scratch_ / "none.conf"}).status.code, 66);
  EXPECT_EQ(run({"diff", old_policy()}).status.code, 64);
  EXPECT_EQ(run({"diff", old_policy(), bad, "--at", "now"}).status.code, 65);
}

}  // namespace
}  // namespace portcullis::testing
