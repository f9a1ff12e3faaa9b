// What the program takes, and how it ends.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class CommandLine : public Cli {
 protected:
  CommandLine() { write_policy("[listener inbound]\nport = 25\n"); }
};

TEST_F(CommandLine, TakesCommonOptionsBeforeAndAfterTheSubcommand) {
  const std::vector<std::vector<std::string>> spellings = {
      {"-c", policy_path(), "--json", "explain", "192.0.2.1"},
      {"explain", "-c", policy_path(), "--json", "192.0.2.1"},
      {"explain", "192.0.2.1", "--json", "-c", policy_path()},
      {"--json", "explain", "192.0.2.1", "-c", policy_path()},
  };
  for (const auto& arguments : spellings) {
    const CommandResult result = run(arguments);
    EXPECT_EQ(result.status.code, 0) << result.error;
    EXPECT_EQ(nlohmann::json::parse(result.output, nullptr, false)["verdict"], "continue");
  }
}

TEST_F(CommandLine, EndsWith64AndUsageWhenItDoesNotUnderstand) {
  const std::vector<std::vector<std::string>> mistakes = {
      {},
      {"--bogus"},
      {"check", "--bogus"},
      {"bogus"},
      {"explain"},
      {"explain", "192.0.2.1", "192.0.2.2"},
      {"explain", "192.0.2.1", "--listener"},
      {"check", "-c"},
      {"status", "dump"},
      {"reload", "--strict"},
  };
  for (const auto& arguments : mistakes) {
    const CommandResult result = run(arguments);
    EXPECT_EQ(result.status.code, 64) << ::testing::PrintToString(arguments);
    EXPECT_THAT(result.error, StartsWith("portcullis: "));
    EXPECT_THAT(result.error, HasSubstr("Usage: "));
    EXPECT_THAT(result.output, IsEmpty());
  }
}

TEST_F(CommandLine, NamesTheUnknownOption) {
  EXPECT_THAT(run({"--bogus"}).error, HasSubstr("--bogus"));
  EXPECT_THAT(run({"check", "--bogus"}).error, HasSubstr("--bogus"));
}

TEST_F(CommandLine, PrintsVersionAndHelpOnStandardOutput) {
  for (const std::string option : {"-V", "--version"}) {
    const CommandResult result = run({option});
    EXPECT_EQ(result.status.code, 0);
    EXPECT_THAT(result.output, StartsWith("portcullis "));
  }
  const std::vector<std::vector<std::string>> helps = {{"-h"}, {"--help"}, {"explain", "-h"}};
  for (const auto& arguments : helps) {
    const CommandResult result = run(arguments);
    EXPECT_EQ(result.status.code, 0);
    EXPECT_THAT(result.output, HasSubstr("Usage: "));
  }
}

TEST_F(CommandLine, HostileArgumentsReachNoTerminal) {
  const std::string hostile =
      "\x1b]0;owned\x07\x9b"
      "31m\r\n\xff";
  write_policy("[listener inbound]\nport = 25\n");
  const std::vector<std::vector<std::string>> commands = {
      {"explain", hostile},
      {"explain", "192.0.2.1", "--helo", hostile},
      {"explain", "192.0.2.1", "--name", hostile},
      {"explain", "192.0.2.1", "--listener", hostile},
      {"explain", "192.0.2.1", "--at", hostile},
      {"--" + hostile},
      {hostile},
      {"-c", hostile, "check"},
      {"-c", hostile, "check", "--json"},
      {"explain", "192.0.2.1", "--json", "--helo", hostile},
  };
  for (const auto& arguments : commands) {
    const bool own_policy = arguments[0] == "-c";
    const CommandResult result = own_policy ? run(arguments) : run_here(arguments);
    EXPECT_TRUE(is_fit_for_terminal(result.output)) << ::testing::PrintToString(result.output);
    EXPECT_TRUE(is_fit_for_terminal(result.error)) << ::testing::PrintToString(result.error);
    EXPECT_EQ(result.status.signal, 0);
  }
}

TEST_F(CommandLine, VeryLongArgumentsAreCut) {
  const CommandResult result =
      run_here({"explain", "192.0.2.1", "--helo", std::string(60'000, 'h')});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_LT(result.output.size(), 20'000U);
}

TEST_F(CommandLine, AReaderThatLeavesIsNoFailure) {
  const CommandResult result = shell("\"$P\" -c \"$C\" dump --man | true; echo ${PIPESTATUS[0]}");
  EXPECT_EQ(result.output, "0\n");
}

TEST_F(CommandLine, ClosedOutputIsReported) {
  EXPECT_EQ(shell("\"$P\" -c \"$C\" check >&-").status.code, 74);
  EXPECT_EQ(shell("\"$P\" -c \"$C\" check >/dev/full").status.code, 74);
  EXPECT_EQ(shell("\"$P\" -c \"$C\" check >&- 2>&- <&-").status.code, 74);
}

TEST_F(CommandLine, MissingPolicyIs66) {
  for (const std::string command : {"check", "dump", "status", "reload"}) {
    const CommandResult result = run({command, "-c", scratch_ / "none.conf"});
    EXPECT_EQ(result.status.code, 66) << command;
    EXPECT_THAT(result.error, HasSubstr("none.conf"));
  }
  EXPECT_EQ(run({"explain", "192.0.2.1", "-c", scratch_ / "none.conf"}).status.code, 66);
  EXPECT_EQ(run({"check", "-c", scratch_ / "none/none.conf"}).status.code, 66);
}

TEST_F(CommandLine, UnreadablePolicyIs77) {
  std::filesystem::permissions(policy_path(), std::filesystem::perms::none);
  const std::string as_nobody =
      geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : "";
  EXPECT_EQ(shell(as_nobody + "\"$P\" -c \"$C\" check").status.code, 77);
}

TEST_F(CommandLine, PolicyWithErrorsIs78) {
  write_policy("[listener inbound]\nbogus = 1\n");
  EXPECT_EQ(run_here({"check"}).status.code, 78);
  EXPECT_EQ(run_here({"dump"}).status.code, 78);
  const CommandResult result = run_here({"explain", "192.0.2.1"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_THAT(result.output, IsEmpty());
  EXPECT_THAT(result.error, HasSubstr(policy_path() + ":2: error: \"bogus\""));
}

TEST_F(CommandLine, APolicyThatIsADirectoryOrAFifoIsRefused) {
  EXPECT_EQ(run({"check", "-c", scratch_.path()}).status.code, 78);
  EXPECT_EQ(shell("mkfifo \"$C.fifo\" && \"$P\" -c \"$C.fifo\" check").status.code, 78);
}

}  // namespace
}  // namespace portcullis::testing
