// check --unused: the entries as the files have them, when they last decided as the daemon has it.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"
#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

constexpr std::string_view kPolicy =
    "[listener inbound]\n"
    "[class blocked]\naction = deny\nclients = file:blocked.list\n"
    "[class partners]\naction = permit\nclients = 198.51.100.0/24\n";

class CheckUnused : public ::testing::Test {
 protected:
  CheckUnused() {
    daemon_.write_list("blocked.list",
                       "192.0.2.0:255.255.255.0\n192.0.3.3-192.0.3.9\n.Spam.Example\n"
                       "203.0.113.7\n");
    daemon_.write_policy(kPolicy);
    daemon_.start();
  }

  CommandResult check(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command{"check", "--no-host"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return daemon_.cli(command);
  }

  // Waits until the daemon has counted for so long.
  void wait_for_counts_of(const std::string& duration) const {
    ASSERT_TRUE(eventually([&] { return check({"--unused", duration}).status.code != 75; }));
  }

  void connect(const AnnouncedClient& client) const { daemon_.client().connect(client); }

  PortcullisDaemon daemon_;
};

TEST_F(CheckUnused, NamesTheEntriesThatNobodyHasNeeded) {
  constexpr const char* kDuration = "3s";
  connect(AnnouncedClient::ipv4("198.51.100.1"));
  wait_for_counts_of(kDuration);
  ASSERT_TRUE(eventually([&] {  // until the partner's visit is long enough ago, too
    return check({"--unused", kDuration}).output.find("5 unused-entry") != std::string::npos;
  }));
  connect(AnnouncedClient::ipv4("192.0.2.1"));
  connect(AnnouncedClient::ipv4("192.0.3.9"));
  connect(AnnouncedClient::ipv4("10.0.0.1").named("mx.spam.example"));
  const CommandResult result = check({"--unused", kDuration});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("2 unused-entry"));
  EXPECT_THAT(result.error,
              HasSubstr("blocked.list:4: warning: \"203.0.113.7\" has not decided anything since "
                        "the daemon began to count, "));
  EXPECT_THAT(result.error,
              HasSubstr("warning: \"198.51.100.0/24\" decided for the last time on "));
}

TEST_F(CheckUnused, NeedsADaemonThatHasCountedForSoLong) {
  const CommandResult result = check({"--unused", "90d"});
  EXPECT_EQ(result.status.code, 75);
  EXPECT_THAT(result.output, IsEmpty());
  EXPECT_THAT(result.error, MatchesRegex("portcullis: check: the daemon has counted since "
                                         "20[0-9T:-]+Z only: ask again from 20[0-9T:-]+Z on\n"));
  EXPECT_EQ(check({"--unused", "90d", "--json"}).status.code, 75);
}

TEST_F(CheckUnused, NeedsADaemonThatAnswersAndHasTheClasses) {
  daemon_.write_policy(std::string(kPolicy) +
                       "[class later]\naction = permit\nclients = 203.0.113.0/24\n");
  wait_for_counts_of("1s");
  const CommandResult changed = check({"--unused", "1s"});
  EXPECT_EQ(changed.status.code, 69);
  EXPECT_THAT(changed.error, HasSubstr("no class \"later\"; if the policy has changed: "
                                       "portcullis reload"));
  daemon_.stop();
  const CommandResult gone = check({"--unused", "1s"});
  EXPECT_EQ(gone.status.code, 69);
  EXPECT_THAT(gone.error, HasSubstr("is portcullisd running?"));
  EXPECT_THAT(gone.output, IsEmpty());
}

TEST_F(CheckUnused, RefusesWhatMakesNoSense) {
  EXPECT_EQ(check({"--unused", "90d", "--at", "2030-01-01T00:00:00Z"}).status.code, 64);
  for (const char* const duration : {"90", "0s", "soon", "90 days", "99999d"}) {
    const CommandResult result = check({"--unused", duration});
    EXPECT_EQ(result.status.code, 65) << duration;
    EXPECT_THAT(result.error, HasSubstr("is not a duration"));
  }
}

// Its errors are said, and no daemon is asked.
TEST_F(CheckUnused, APolicyWithErrorsIs78) {
  daemon_.write_policy(std::string(kPolicy) + "bogus = 1\n");
  daemon_.stop();
  const CommandResult result = check({"--unused", "90d"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_THAT(result.error, HasSubstr("\"bogus\""));
}

}  // namespace
}  // namespace portcullis::testing
