#include <algorithm>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

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
  const CommandResult result = run_here({"check", "--no-host"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_EQ(result.output, policy_path() + ": 2 listeners, 1 class, 3 entries\n");
  EXPECT_THAT(result.error, IsEmpty());
}

TEST_F(Check, WarningsPassUnlessStrict) {
  write_policy(kGood);
  write_list("blocked.list", "192.0.2.5/24\n");
  CommandResult result = run_here({"check", "--no-host"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_EQ(result.output,
            policy_path() + ": 2 listeners, 1 class, 2 entries, 1 warning: 1 odd-entry\n");
  EXPECT_EQ(result.error,
            (scratch_ / "blocked.list").string() +
                ":1: warning: \"192.0.2.5/24\" has host bits set\n"
                "    write 192.0.2.0/24 for the network, or 192.0.2.5 for the host\n");
  EXPECT_EQ(run_here({"check", "--no-host", "--strict"}).status.code, 78);
  result = run_here({"check", "--no-host", "--strict", "--json"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_EQ(nlohmann::json::parse(result.output)["ok"], false);
}

TEST_F(Check, ReportsEveryErrorOfPolicyAndLists) {
  write_policy(std::string(kGood) + "bogus = 1\nmax_connections = 0\n");
  write_list("blocked.list", "192.0.2.300\n010.0.0.1\n");
  const CommandResult result = run_here({"check", "--no-host"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_EQ(result.output.substr(0, policy_path().size() + 10), policy_path() + ": 4 errors");
  for (const std::string culprit : {"bogus", "max_connections", "192.0.2.300", "010.0.0.1"}) {
    EXPECT_THAT(result.error, HasSubstr(culprit));
  }
}

TEST_F(Check, JsonHasTheKeysThatArePromised) {
  write_policy(kGood);
  write_list("blocked.list", "192.0.2.5/24\n");
  const auto json =
      nlohmann::ordered_json::parse(run_here({"check", "--no-host", "--json"}).output);
  EXPECT_THAT(keys_of(json), ElementsAre("ok", "errors", "warnings", "diagnostics", "listeners",
                                         "classes", "entries", "notes", "codes"));
  EXPECT_EQ(json["ok"], true);
  EXPECT_EQ(json["errors"], 0);
  EXPECT_EQ(json["warnings"], 1);
  EXPECT_EQ(json["listeners"], 2);
  EXPECT_EQ(json["classes"], 1);
  EXPECT_EQ(json["entries"], 2);
  ASSERT_EQ(json["diagnostics"].size(), 1U);
  const auto& found = json["diagnostics"][0];
  EXPECT_THAT(keys_of(found),
              ElementsAre("severity", "file", "line", "culprit", "reason", "repair", "code"));
  EXPECT_EQ(found["severity"], "warning");
  EXPECT_EQ(found["line"], 1);
  EXPECT_EQ(found["culprit"], "192.0.2.5/24");
  EXPECT_EQ(found["code"], "odd-entry");
  EXPECT_EQ(json["notes"], 0);
  EXPECT_EQ(json["codes"], nlohmann::json({{"odd-entry", 1}}));
}

TEST_F(Check, JsonOfABadPolicyHasNoCounts) {
  write_policy("[listener inbound]\nbogus = 1\n");
  const CommandResult result = run_here({"check", "--no-host", "--json"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_THAT(result.error, IsEmpty());
  const auto json = nlohmann::json::parse(result.output);
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(json["errors"], 1);
  EXPECT_TRUE(json["entries"].is_null());
}

TEST_F(Check, SaysWhatWasHardlyMeant) {
  write_policy(kGood);
  write_list("blocked.list", "192.0.2.1\n192.0.2.0/24\n192.0.2.0-192.0.2.255\n");
  const CommandResult result = run_here({"check", "--no-host"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_EQ(result.output, policy_path() +
                               ": 2 listeners, 1 class, 4 entries, 2 warnings: 1 covered-entry, " +
                               "1 duplicate-entry\n");
  const std::string list = scratch_ / "blocked.list";
  EXPECT_EQ(result.error,
            list +
                ":1: warning: \"192.0.2.1\" is covered by \"192.0.2.0/24\" of its class, in "
                "line 2\n    remove it: nothing changes\n" +
                list +
                ":3: warning: \"192.0.2.0-192.0.2.255\" is in [class blocked] twice, the "
                "other time in line 2\n    remove one of the two\n");
  EXPECT_EQ(run_here({"check", "--no-host", "--strict"}).status.code, 78);
}

TEST_F(Check, JudgesExpiryByTheTimeThatIsAskedFor) {
  write_policy(kGood);
  write_list("blocked.list", "192.0.2.1 expires=2030-06-15T00:00:00Z\n");
  const auto codes_at = [&](const std::string& time) {
    return json_here({"check", "--no-host", "--at", time})["codes"];
  };
  EXPECT_EQ(codes_at("2030-05-31T23:59:59Z"), nlohmann::json::object());
  EXPECT_EQ(codes_at("2030-06-01T00:00:00Z"), nlohmann::json({{"expiring-entry", 1}}));
  EXPECT_EQ(codes_at("2030-06-15T00:00:00Z"), nlohmann::json({{"expired-entry", 1}}));
  EXPECT_EQ(run_here({"check", "--at", "tomorrow"}).status.code, 65);
}

TEST_F(Check, NotesNeverFail) {
  write_policy(kGood);
  write_list("blocked.list", "192.0.2.1 expires=2030-06-15T00:00:00Z\n");
  const CommandResult result =
      run_here({"check", "--no-host", "--strict", "--at", "2030-06-14T00:00:00Z"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_THAT(result.output, HasSubstr(", 1 note: 1 expiring-entry\n"));
  EXPECT_THAT(result.error, HasSubstr(":1: note: \"192.0.2.1\" expires within 14 days"));
}

TEST_F(Check, ManyOfAKindAreCounted) {
  write_policy(kGood);
  std::string list = "192.0.2.0/24\n";
  for (int i = 0; i < 100; ++i) list += "192.0.2." + std::to_string(i) + '\n';
  write_list("blocked.list", list);
  const CommandResult result = run_here({"check", "--no-host"});
  EXPECT_THAT(result.output, HasSubstr("100 warnings: 100 covered-entry\n"));
  EXPECT_EQ(std::ranges::count(result.error, '\n'), 20 * 2 + 1);
  EXPECT_THAT(result.error, ::testing::EndsWith("\nand 80 more: covered-entry\n"));
}

TEST_F(Check, LoopbackIsLockedOutOnEveryHost) {
  write_policy("[listener inbound]\n[class x]\naction = deny\nclients = 127.0.0.0/8\n");
  EXPECT_EQ(json_here({"check", "--no-host"})["codes"], nlohmann::json({{"denies-own-host", 1}}));
}

TEST_F(Check, IsHeldAgainstPostfix) {
  write_policy(
      "[listener inbound]\nmax_connections_per_client = 90\n"
      "[listener submission]\nport = 587\n");
  scratch_.write("main.cf", "compatibility_level = 3.6\nsmtpd_milters = unix:x/y\n");
  scratch_.write("master.cf", "smtp inet n - y - - smtpd\n");
  const std::string directory = std::filesystem::path(policy_path()).parent_path();
  const auto json = json_here({"check", "--postfix", directory});
  EXPECT_EQ(json["codes"], nlohmann::json({{"hidden-limit", 1}, {"unused-listener", 1}}));
  EXPECT_EQ(json_here({"check", "--no-mta", "--postfix", directory})["warnings"], 0);
}

TEST_F(Check, IsHeldAgainstSendmail) {
  write_policy("[listener inbound]\nmax_connections = 90\n");
  const std::string cf = scratch_.write("sendmail.cf",
                                        "O MaxDaemonChildren=12\nO InputMailFilters=portcullis\n"
                                        "O DaemonPortOptions=Name=MTA, Port=smtp\n");
  const auto json = json_here({"check", "--postfix", "/nonexistent", "--sendmail", cf});
  EXPECT_EQ(json["codes"], nlohmann::json({{"hidden-limit", 1}}));
}

TEST_F(Check, HostileListLinesReachNoTerminal) {
  write_policy(kGood);
  write_list("blocked.list", "\x1b[2J\x1b]0;x\x07\n\xff\xfe\n");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"check", "--no-host"}, {"check", "--no-host", "--json"}}) {
    const CommandResult result = run_here(arguments);
    EXPECT_EQ(result.status.code, 78);
    EXPECT_TRUE(is_fit_for_terminal(result.output + result.error));
  }
}

}  // namespace
}  // namespace portcullis::testing
