// status, reload and what explain asks, against a real portcullisd.

#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/cli/cli_fixture.h"
#include "tests/mta/support/daemon_process.h"
#include "tests/support/milter_client.h"

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

TEST_F(Daemon, ADryRunSaysWhatAReloadWouldChangeAndChangesNothing) {
  daemon_.write_list("blocked.list", "192.0.2.1\n192.0.2.2\n192.0.2.3\n198.51.100.0/24\n");
  const CommandResult result = daemon_.cli({"reload", "--dry-run"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(result.output,
            "listener inbound:\n"
            "  was reject, 554 5.7.1 Access denied (at connect), class blocked (deny)\n"
            "  is  continue, the default\n"
            "    for 1 IPv4 address, in 1 network:\n"
            "      192.0.2.4\n"
            "  was continue, the default\n"
            "  is  reject, 554 5.7.1 Access denied (at connect), class blocked (deny)\n"
            "    for 256 IPv4 addresses, in 1 network:\n"
            "      198.51.100.0/24\n");
  const auto status = daemon_.status();
  EXPECT_EQ(status["generation"], 1);
  EXPECT_EQ(status["reloads"]["ok"], 0);
  EXPECT_EQ(daemon_.cli({"reload"}).status.code, 0);
  EXPECT_EQ(daemon_.cli({"reload", "--dry-run"}).output, "a reload would change nothing\n");
}

TEST_F(Daemon, ADryRunReportsErrorsAsAReloadWould) {
  daemon_.write_policy(std::string(kPolicy) + "bogus = 1\n");
  const CommandResult result = daemon_.cli({"reload", "--dry-run"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_THAT(result.output, IsEmpty());
  EXPECT_THAT(result.error, HasSubstr("\"bogus\""));
  EXPECT_THAT(result.error, HasSubstr("portcullis: a reload would be refused\n"));
  EXPECT_EQ(daemon_.status()["reloads"]["failed"], 0);
  EXPECT_THAT(daemon_.log(), ::testing::Not(HasSubstr("bogus")));
}

TEST_F(Daemon, ADryRunSaysWhatForceWouldDo) {
  daemon_.write_list("blocked.list", "192.0.2.1\n");
  const CommandResult refused = daemon_.cli({"reload", "--dry-run"});
  EXPECT_EQ(refused.status.code, 78);
  EXPECT_THAT(refused.error, HasSubstr("had 4 entries and has 1 now"));
  EXPECT_THAT(refused.error, HasSubstr("with --force it would change what is said above"));
  EXPECT_THAT(refused.output, HasSubstr("    for 3 IPv4 addresses, in 2 networks:\n"));
  const CommandResult forced = daemon_.cli({"reload", "--dry-run", "--force"});
  EXPECT_EQ(forced.status.code, 0);
  EXPECT_EQ(forced.output, refused.output);
  EXPECT_EQ(daemon_.status()["entries"], 4);
}

TEST_F(Daemon, ADryRunInJsonIsTheDaemonsAnswer) {
  daemon_.scratch().write("portcullis.conf", "[daemon]\nmax_sessions = 7\n" +
                                                 read_file(daemon_.policy_path()).substr(9));
  const CommandResult result = daemon_.cli({"--json", "reload", "--dry-run"});
  const auto json = nlohmann::ordered_json::parse(result.output);
  EXPECT_THAT(keys_of(json), ElementsAre("ok", "needs_force", "generation", "diagnostics",
                                         "restart_needed", "difference"));
  EXPECT_EQ(json["ok"], true);
  EXPECT_EQ(json["restart_needed"], std::vector<std::string>{"daemon.max_sessions"});
  EXPECT_EQ(json["difference"]["differs"], false);
}

TEST_F(Daemon, ExplainSaysHowManyConnectionsAreOpen) {
  daemon_.write_policy(
      "[listener inbound]\nport = 25\nmax_connections_per_client = 5\n"
      "[class partners]\naction = permit\nclients = 198.51.100.0/24\nmax_connections = 9\n");
  ASSERT_TRUE(daemon_.reload());
  std::vector<MilterClient> sessions;
  for (const std::string address :
       {"198.51.100.7", "198.51.100.7", "198.51.100.8", "203.0.113.1"}) {
    sessions.emplace_back(daemon_.milter_address().substr(5));
    ASSERT_TRUE(sessions.back().negotiate());
    ASSERT_TRUE(sessions.back().connect(AnnouncedClient::ipv4(address)).is_continue());
  }
  const auto json = daemon_.explain({"198.51.100.7"});
  EXPECT_EQ(json["live"], nlohmann::json({{"client", 2}, {"class", 3}, {"listener", 4}}));
  EXPECT_THAT(daemon_.cli({"explain", "198.51.100.7"}).output,
              HasSubstr("\nConnections at a time:\n"
                        "     client network 198.51.100.7: at most 5, 2 now\n"
                        "     class partners: at most 9, 3 now\n"
                        "     listener inbound: unlimited, 4 now\n"));
  // Of the future the daemon knows nothing.
  EXPECT_TRUE(daemon_.explain({"198.51.100.7", "--at", "2030-01-01T00:00:00Z"})["live"].is_null());
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
