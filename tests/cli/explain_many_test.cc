// `portcullis explain --file`: many clients, from a mail log or a list of addresses.
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/explain_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;

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
