// status and reload, against a real portcullisd.

#include <string>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/cli/cli_fixture.h"
#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view kPolicy =
    "[listener inbound]\nport = 25\n"
    "[class blocked]\naction = deny\nclients = file:blocked.list\n";

class Daemon : public ::testing::Test {
 protected:
  Daemon() {
    daemon_.write_policy(kPolicy);
    daemon_.write_list("blocked.list", "192.0.2.1\n192.0.2.2\n192.0.2.3\n192.0.2.4\n");
    daemon_.start();
  }

  PortcullisDaemon daemon_;
};

TEST_F(Daemon, StatusJsonHasTheKeysThatArePromised) {
  const CommandResult result = daemon_.cli({"status", "--json"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  const auto json = nlohmann::json::parse(result.output);
  for (const std::string key : {"sessions", "counted", "listeners", "classes", "entries",
                                "generation", "age_seconds", "reloads", "verdicts"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["sessions"], 0);
  EXPECT_EQ(json["counted"], 0);
  EXPECT_EQ(json["entries"], 4);
  EXPECT_EQ(json["listeners"]["inbound"]["connections"], 0);
  EXPECT_EQ(json["classes"]["blocked"]["entries"], 4);
  EXPECT_EQ(json["reloads"]["failed"], 0);
  EXPECT_TRUE(json["verdicts"].contains("would_reject"));
}

TEST_F(Daemon, StatusTextIsATable) {
  const CommandResult result = daemon_.cli({"status"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, StartsWith("daemon      version "));
  EXPECT_THAT(result.output, HasSubstr(", generation 1, loaded "));
  EXPECT_THAT(result.output, HasSubstr("\nsessions    0 of at most 8192\n"));
  EXPECT_THAT(result.output, HasSubstr("\nLISTENER  CONNECTIONS\ninbound             0\n"));
  EXPECT_THAT(result.output,
              HasSubstr("\nCLASS    CONNECTIONS     ENTRIES\nblocked            0           4\n"));
  EXPECT_TRUE(is_fit_for_terminal(result.output));
}

TEST_F(Daemon, ReloadSaysWhichPolicyIsInForce) {
  daemon_.write_list("blocked.list", "192.0.2.1\n192.0.2.2\n192.0.2.3\n192.0.2.5/24\n");
  const CommandResult result = daemon_.cli({"reload"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_EQ(result.output, "policy generation 2 is in force\n");
  EXPECT_THAT(result.error, HasSubstr("warning: \"192.0.2.5/24\" has host bits set"));
  EXPECT_EQ(daemon_.status()["generation"], 2);
}

TEST_F(Daemon, ReloadNamesWhatNeedsARestart) {
  PortcullisDaemon& daemon = daemon_;
  const std::string policy = read_file(daemon.policy_path());
  daemon.scratch().write("portcullis.conf",
                         "[daemon]\nmax_sessions = 7\n" + policy.substr(policy.find('\n') + 1));
  const CommandResult result = daemon.cli({"reload"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("max_sessions"));
  EXPECT_THAT(result.error, HasSubstr("restart needed"));
}

TEST_F(Daemon, ABadPolicyIsRefusedWith78AndTheOldOneStays) {
  daemon_.write_policy(std::string(kPolicy) + "bogus = 1\nmode = perhaps\n");
  const CommandResult result = daemon_.cli({"reload"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_THAT(result.output, IsEmpty());
  EXPECT_THAT(result.error, HasSubstr("\"bogus\""));
  EXPECT_THAT(result.error, HasSubstr("perhaps"));
  EXPECT_THAT(result.error, HasSubstr("policy generation 1 is still in force\n"));
  const auto json = daemon_.status();
  EXPECT_EQ(json["generation"], 1);
  EXPECT_EQ(json["reloads"]["failed"], 1);
}

TEST_F(Daemon, AListThatShrankIsTakenOnlyByForce) {
  daemon_.write_list("blocked.list", "192.0.2.1\n");
  const CommandResult refused = daemon_.cli({"reload"});
  EXPECT_EQ(refused.status.code, 78);
  EXPECT_THAT(refused.error, HasSubstr("had 4 entries and has 1 now"));
  const CommandResult forced = daemon_.cli({"reload", "--force"});
  EXPECT_EQ(forced.status.code, 0) << forced.error;
  EXPECT_EQ(daemon_.status()["entries"], 1);
}

TEST_F(Daemon, ReloadJsonIsTheDaemonsAnswer) {
  const CommandResult result = daemon_.cli({"--json", "reload"});
  EXPECT_EQ(result.status.code, 0);
  const auto json = nlohmann::ordered_json::parse(result.output);
  EXPECT_THAT(keys_of(json), ElementsAre("ok", "generation", "diagnostics", "restart_needed"));
  EXPECT_EQ(json["ok"], true);
}

TEST_F(Daemon, StrangersAreNotServed) {
  ASSERT_EQ(geteuid(), 0U) << "needs root to become another user";
  ChildOptions options;
  options.environment = {{"P", PORTCULLIS_PATH}, {"C", daemon_.policy_path()}};
  const CommandResult result = run_command(
      {"/bin/bash", "-c", "setpriv --reuid=1 --regid=1 --clear-groups \"$P\" -c \"$C\" status"},
      options);
  EXPECT_EQ(result.status.code, 77) << result.error;
}

TEST_F(Daemon, ADaemonThatHasGoneIs69) {
  daemon_.stop();
  for (const std::string command : {"status", "reload"}) {
    const CommandResult result = daemon_.cli({command});
    EXPECT_EQ(result.status.code, 69);
    EXPECT_THAT(result.error, HasSubstr("is portcullisd running?"));
  }
}

TEST_F(Daemon, AKilledDaemonLeavesASocketThatNobodyServes) {
  daemon_.kill();
  EXPECT_EQ(daemon_.cli({"status"}).status.code, 69);
}

}  // namespace
}  // namespace portcullis::testing
