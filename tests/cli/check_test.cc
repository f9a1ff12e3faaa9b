#include <string>

#include <gmock/gmock.h>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Check = Cli;

constexpr std::string_view kGood =
    "[listener inbound]\nport = 25\n"
    "[listener submission]\nport = 587\nrole = submission\n"
    "[class blocked]\naction = deny\nclients = file:blocked.list\n    198.51.100.0/24\n";

TEST_F(Check, SummarisesAGoodPolicy) {
  write_policy(kGood);
  write_list("blocked.list", "192.0.2.1\n192.0.2.2\n");
  const CommandResult result = run_here({"check"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_EQ(result.output, policy_path() + ": 2 listeners, 1 class, 3 entries\n");
  EXPECT_THAT(result.error, IsEmpty());
}

TEST_F(Check, WarningsPassUnlessStrict) {
  write_policy(kGood);
  write_list("blocked.list", "192.0.2.5/24\n");
  CommandResult result = run_here({"check"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_EQ(result.output, policy_path() + ": 2 listeners, 1 class, 2 entries, 1 warning\n");
  EXPECT_EQ(result.error,
            (scratch_ / "blocked.list").string() +
                ":1: warning: \"192.0.2.5/24\" has host bits set\n"
                "    write 192.0.2.0/24 for the network, or 192.0.2.5 for the host\n");
  EXPECT_EQ(run_here({"check", "--strict"}).status.code, 78);
  result = run_here({"check", "--strict", "--json"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_EQ(nlohmann::json::parse(result.output)["ok"], false);
}

TEST_F(Check, ReportsEveryErrorOfPolicyAndLists) {
  write_policy(std::string(kGood) + "bogus = 1\nmax_connections = 0\n");
  write_list("blocked.list", "192.0.2.300\n010.0.0.1\n");
  const CommandResult result = run_here({"check"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_EQ(result.output.substr(0, policy_path().size() + 10), policy_path() + ": 4 errors");
  for (const std::string culprit : {"bogus", "max_connections", "192.0.2.300", "010.0.0.1"}) {
    EXPECT_THAT(result.error, HasSubstr(culprit));
  }
}

TEST_F(Check, JsonHasTheKeysThatArePromised) {
  write_policy(kGood);
  write_list("blocked.list", "192.0.2.5/24\n");
  const auto json = nlohmann::ordered_json::parse(run_here({"check", "--json"}).output);
  EXPECT_THAT(keys_of(json), ElementsAre("ok", "errors", "warnings", "diagnostics", "listeners",
                                         "classes", "entries"));
  EXPECT_EQ(json["ok"], true);
  EXPECT_EQ(json["errors"], 0);
  EXPECT_EQ(json["warnings"], 1);
  EXPECT_EQ(json["listeners"], 2);
  EXPECT_EQ(json["classes"], 1);
  EXPECT_EQ(json["entries"], 2);
  ASSERT_EQ(json["diagnostics"].size(), 1U);
  const auto& found = json["diagnostics"][0];
  EXPECT_THAT(keys_of(found),
              ElementsAre("severity", "file", "line", "culprit", "reason", "repair"));
  EXPECT_EQ(found["severity"], "warning");
  EXPECT_EQ(found["line"], 1);
  EXPECT_EQ(found["culprit"], "192.0.2.5/24");
}

TEST_F(Check, JsonOfABadPolicyHasNoCounts) {
  write_policy("[listener inbound]\nbogus = 1\n");
  const CommandResult result = run_here({"check", "--json"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_THAT(result.error, IsEmpty());
  const auto json = nlohmann::json::parse(result.output);
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(json["errors"], 1);
  EXPECT_TRUE(json["entries"].is_null());
}

TEST_F(Check, HostileListLinesReachNoTerminal) {
  write_policy(kGood);
  write_list("blocked.list", "\x1b[2J\x1b]0;x\x07\n\xff\xfe\n");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"check"}, {"check", "--json"}}) {
    const CommandResult result = run_here(arguments);
    EXPECT_EQ(result.status.code, 78);
    EXPECT_TRUE(is_fit_for_terminal(result.output + result.error));
  }
}

}  // namespace
}  // namespace portcullis::testing
