// list import, export, convert, formats.

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kPolicy = R"([listener inbound]

[class blocked]
action = deny
clients = file:blocked.list, 198.51.100.1

[class partners]
action = permit
clients = file:partners.list
)";
constexpr std::string_view kBlocked =
    "# what we block ourselves\n192.0.2.1 # spam\n\n192.0.2.2\n203.0.113.0/24\n";

class ListImport : public Cli {
 protected:
  ListImport() {
    write_policy(kPolicy);
    write_list("blocked.list", kBlocked);
    write_list("partners.list", "192.0.2.200\n");
  }

  std::string text_of(const std::string& name) const { return read_file(scratch_ / name); }

  // A list of another program.
  std::string foreign(const std::string& name, std::string_view text) const {
    write_list(name, text);
    return scratch_ / name;
  }

  CommandResult import(const std::string& input, std::vector<std::string> more) const {
    more.insert(more.begin(), {"list", "import", "blocked", input});
    return run_here(more);
  }

  // Refused with this code; no list has changed. Returns what it says.
  std::string refusal(int code, const std::string& input,
                      const std::vector<std::string>& more) const {
    const std::string blocked = text_of("blocked.list");
    const std::string partners = text_of("partners.list");
    const CommandResult result = import(input, more);
    EXPECT_EQ(result.status.code, code) << result.error;
    EXPECT_EQ(text_of("blocked.list"), blocked);
    EXPECT_EQ(text_of("partners.list"), partners);
    EXPECT_TRUE(is_fit_for_terminal(result.error)) << result.error;
    return result.error;
  }
};

// As IMSVA exports it.
constexpr std::string_view kTrend = "192.0.2.2\r\n10.1.0.0:255.255.0.0\r\n2001:db8::/32\r\n";

TEST_F(ListImport, MergeKeepsWhatIsThereAndAddsWhatIsNot) {
  const CommandResult result = import(foreign("trend.txt", kTrend), {"--format", "trend"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(result.output,
            fmt::format("3 entries of {0}/trend.txt (trend): 2 added to {0}/blocked.list, 1 there "
                        "already\n",
                        scratch_.path().string()));
  EXPECT_EQ(text_of("blocked.list"), std::string(kBlocked) + "10.1.0.0/16\n2001:db8::/32\n");
  EXPECT_EQ(run_here({"check"}).status.code, 0);
}

TEST_F(ListImport, NoClientIsAddedTwiceWhateverItsSpelling) {
  const std::string list =
      foreign("more.list",
              "192.0.2.1/32\n203.0.113.0-203.0.113.255\n10.0.0.0/8\n10.0.0.0-10.255.255.255\n"
              "198.51.100.1\nMX.Example.com\nmx.example.com\n");
  EXPECT_EQ(import(list, {"--format", "native"}).status.code, 0);
  const std::string once = std::string(kBlocked) + "10.0.0.0/8\nmx.example.com\n";
  EXPECT_EQ(text_of("blocked.list"), once);
  EXPECT_EQ(import(list, {"--format", "native"}).status.code, 0);
  EXPECT_EQ(text_of("blocked.list"), once);
}

TEST_F(ListImport, ReplaceKeepsCommentsAndLinesThatStay) {
  const std::string list = foreign("new.list", "192.0.2.1\n203.0.113.0/24\n10.0.0.1\n");
  const CommandResult result = import(list, {"--format", "native", "--replace"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(text_of("blocked.list"),
            "# what we block ourselves\n192.0.2.1 # spam\n\n203.0.113.0/24\n10.0.0.1\n");
}

TEST_F(ListImport, ReplaceDoesNotLoseMostOfAListUnlessForced) {
  const std::string list = foreign("new.list", "192.0.2.1\n10.0.0.1\n10.0.0.2\n");
  EXPECT_THAT(refusal(65, list, {"--format", "native", "--replace"}),
              HasSubstr("2 of 3 entries would be lost; --force"));
  EXPECT_EQ(import(list, {"--format", "native", "--replace", "--force"}).status.code, 0);
  EXPECT_EQ(text_of("blocked.list"),
            "# what we block ourselves\n192.0.2.1 # spam\n\n10.0.0.1\n10.0.0.2\n");
}

TEST_F(ListImport, OneBadLineRefusesTheListUnlessItIsSkipped) {
  const std::string list = foreign("bad.list", "10.0.0.1\n10.0.0.300\n10.0.0.2\n");
  EXPECT_THAT(refusal(65, list, {"--format", "native"}),
              AllOf(HasSubstr("bad.list:2: error: \"10.0.0.300\""), HasSubstr("--skip-refused")));
  const CommandResult result = import(list, {"--format", "native", "--skip-refused"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_THAT(result.error, HasSubstr("bad.list:2: error:"));
  EXPECT_EQ(text_of("blocked.list"), std::string(kBlocked) + "10.0.0.1\n10.0.0.2\n");
}

// 128.0.0.0/2 is what is left of 140.64.113.0/24.
TEST_F(ListImport, AListThatEndsWithinALineWasCutShort) {
  const std::string list = foreign("cut.txt", "45.9.0.0/24\n140.64.113.0/2");
  EXPECT_THAT(
      refusal(65, list, {"--format", "netset"}),
      AllOf(HasSubstr("cut.txt:2: warning: \"140.64.113.0/2\" is the last line and has no "
                      "line end: it may have been cut off\n"
                      "    get the list again; if it is complete, end its last line, or use "
                      "--force\n"),
            HasSubstr("it was cut short; --force imports what is there")));
  EXPECT_THAT(refusal(65, list, {"--format", "native", "--skip-refused"}), HasSubstr("cut short"));
  const CommandResult result = import(list, {"--format", "native", "--force"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(text_of("blocked.list"), HasSubstr("\n128.0.0.0/2\n"));
}

TEST_F(ListImport, RepairsAreReported) {
  const std::string list = foreign("host_bits.list", "10.1.2.3/16\n");
  EXPECT_THAT(refusal(65, list, {"--format", "native", "--strict"}),
              HasSubstr("has host bits set"));
  const CommandResult result = import(list, {"--format", "native"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_THAT(result.error, HasSubstr("warning: \"10.1.2.3/16\" has host bits set"));
  EXPECT_EQ(text_of("blocked.list"), std::string(kBlocked) + "10.1.0.0/16\n");
}

constexpr std::string_view kWithExceptions =
    "[{\"address\": \"10.0.0.0/8\", \"action\": \"deny\"},\n"
    " {\"address\": \"10.0.0.25\", \"action\": \"permit\"}]\n";

TEST_F(ListImport, ExceptionsGoToAClassThatDoesTheOpposite) {
  const std::string list = foreign("list.json", kWithExceptions);
  EXPECT_THAT(refusal(65, list, {"--format", "json"}),
              AllOf(HasSubstr("\"10.0.0.25\" is an exception: the list says permit, and class "
                              "blocked is to deny"),
                    HasSubstr("--exceptions")));
  EXPECT_THAT(refusal(65, list, {"--format", "json", "--skip-refused"}), HasSubstr("exception"));
  EXPECT_THAT(refusal(65, list, {"--format", "json", "--exceptions", "nobody"}),
              HasSubstr("there is no class \"nobody\""));
  EXPECT_THAT(refusal(0, list, {"--format", "json", "--exceptions", "partners", "--dry-run"}), "");
  const CommandResult result = import(list, {"--format", "json", "--exceptions", "partners"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(text_of("blocked.list"), std::string(kBlocked) + "10.0.0.0/8\n");
  EXPECT_EQ(text_of("partners.list"), "192.0.2.200\n10.0.0.25\n");
}

TEST_F(ListImport, APermitClassTakesWhatAListPermits) {
  const std::string list = foreign("list.json", kWithExceptions);
  const CommandResult result =
      run_here({"list", "import", "partners", list, "--format", "json", "--exceptions", "blocked"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(text_of("partners.list"), "192.0.2.200\n10.0.0.25\n");
  EXPECT_EQ(text_of("blocked.list"), std::string(kBlocked) + "10.0.0.0/8\n");
}

TEST_F(ListImport, ExceptionsOfOneKindAreNone) {
  write_policy(std::string(kPolicy) +
               "[class others]\naction = deny\nclients = file:others.list\n");
  write_list("others.list", "192.0.2.9\n");
  EXPECT_THAT(refusal(65, foreign("list.json", kWithExceptions),
                      {"--format", "json", "--exceptions", "others"}),
              HasSubstr("exceptions need a class that permits"));
}

TEST_F(ListImport, MailAddressesAreNoClients) {
  const std::string list = foreign("kill.lst", "user@example.com\n@example.net\n");
  EXPECT_THAT(refusal(65, list, {"--format", "imail-kill"}),
              AllOf(HasSubstr("kill.lst:1: error: \"user@example.com\" is a mail address"),
                    HasSubstr("kill.lst:2: error:")));
}

TEST_F(ListImport, AutoTakesTheOnlyFormatThatFits) {
  const CommandResult result = import(foreign("list.json", "[{\"address\": \"10.0.0.1\"}]\n"), {});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("(json)"));
  EXPECT_THAT(
      refusal(65, foreign("none", "<html><body>503</body></html>\n"), {}),
      HasSubstr("no format takes every line of it as it is; name one by --format: native, "));
  EXPECT_THAT(refusal(65, foreign("none", "10.0.0.1\n"), {"--format", "nativ"}),
              HasSubstr("there is no format \"nativ\"; did you mean native?"));
}

TEST_F(ListImport, AutoDoesNotGuessWhatStandsBehindAnAddress) {
  for (const char* const text :
       {"192.168.10.1 - 192.168.10.50\n", "# Control Access\n192.168.3.1 255.255.255.128\n",
        "192.168.2.0 : 255.255.255.0\n", "10.20.0.0 /16\n", "198.51.100.7\t450 4.7.1 later\n"}) {
    EXPECT_THAT(refusal(65, foreign("other", text), {}), HasSubstr("name one by --format: "));
  }
}

TEST_F(ListImport, AutoNamesTheCandidatesOfAPlainList) {
  const std::string said = refusal(65, foreign("plain", "10.0.0.1\n10.2.0.0/16\n"), {});
  for (const char* const format : {"native", "netset", "rspamd", "symantec"}) {
    EXPECT_THAT(said, HasSubstr(format));
  }
  EXPECT_THAT(said, HasSubstr("name one by --format"));
}

TEST_F(ListImport, ReadsStandardInput) {
  const CommandResult result =
      shell("echo 10.0.0.1 | \"$P\" -c \"$C\" list import blocked - --format native");
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, StartsWith("1 entries of - (native)"));
  EXPECT_EQ(text_of("blocked.list"), std::string(kBlocked) + "10.0.0.1\n");
}

TEST_F(ListImport, WhatCannotBeAListIsRefused) {
  EXPECT_THAT(refusal(66, scratch_ / "missing", {}), HasSubstr("missing: No such file"));
  EXPECT_THAT(refusal(65,
                      foreign("utf16", std::string("\xff\xfe"
                                                   "1\0",
                                                   4)),
                      {}),
              HasSubstr("iconv -f UTF-16 -t UTF-8"));
  EXPECT_THAT(refusal(65, foreign("empty", ""), {"--format", "native"}),
              HasSubstr("it holds no entries"));
  EXPECT_THAT(refusal(64, foreign("x", "10.0.0.1\n"), {"--merge", "--replace"}),
              HasSubstr("not both"));
}

TEST_F(ListImport, OurOwnAddressesAreNotDeniedUnlessForced) {
  const std::string list = foreign("all", "127.0.0.0/8\n");
  EXPECT_THAT(refusal(65, list, {"--format", "native"}), HasSubstr("127.0.0.1"));
  EXPECT_EQ(import(list, {"--format", "native", "--force"}).status.code, 0);
}

TEST_F(ListImport, DryRunWritesNothing) {
  EXPECT_EQ(refusal(0, foreign("trend.txt", kTrend), {"--format", "trend", "--dry-run"}), "");
}

TEST_F(ListImport, AnExpiredEntryMakesRoom) {
  write_list("blocked.list", "10.0.0.1 expires=2020-01-01T00:00:00Z\n10.0.0.2\n");
  const std::string list = foreign("new.list", "10.0.0.1\n10.0.0.3 expires=2020-01-01T00:00:00Z\n");
  const CommandResult result = import(list, {"--format", "native"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("1 left out: they have expired"));
  EXPECT_EQ(text_of("blocked.list"), "10.0.0.2\n10.0.0.1\n");
}

TEST_F(ListImport, OfTwoLinesForOneClientTheOneThatHoldsLongestIsTaken) {
  const std::string list = foreign("twice.list",
                                   "10.9.9.9 expires=2090-01-01T00:00:00Z # for now\n"
                                   "10.9.9.9/32 # for good\n"
                                   "10.9.9.8 expires=2090-01-01T00:00:00Z\n"
                                   "10.9.9.8 expires=2099-01-01T00:00:00Z\n");
  const std::string lasting = "10.9.9.9 # for good\n10.9.9.8 expires=2099-01-01T00:00:00Z\n";
  EXPECT_EQ(import(list, {"--format", "native"}).status.code, 0);
  EXPECT_EQ(text_of("blocked.list"), std::string(kBlocked) + lasting);
  EXPECT_EQ(import(list, {"--format", "native", "--replace", "--force"}).status.code, 0);
  EXPECT_EQ(text_of("blocked.list"), "# what we block ourselves\n\n" + lasting);
}

TEST_F(ListImport, AClientWithAnotherExpiryIsNotLost) {
  write_list("blocked.list",
             "10.0.0.1 expires=2090-01-01T00:00:00Z\n10.0.0.2 expires=2090-01-01T00:00:00Z\n");
  const std::string later =
      "10.0.0.1 expires=2090-01-01T00:00:02Z\n10.0.0.2 expires=2090-01-01T00:00:02Z\n";
  EXPECT_EQ(import(foreign("later", later), {"--format", "native", "--replace"}).status.code, 0);
  EXPECT_EQ(text_of("blocked.list"), later);
}

TEST_F(ListImport, WhatHasExpiredIsNotLost) {
  write_list("blocked.list",
             "10.0.0.1 expires=2020-01-01T00:00:00Z\n10.0.0.2 expires=2020-01-01T00:00:00Z\n"
             "10.0.0.3\n");
  const std::string list = foreign("new.list", "10.0.0.3\n");
  EXPECT_EQ(import(list, {"--format", "native", "--replace"}).status.code, 0);
  EXPECT_EQ(text_of("blocked.list"), "10.0.0.3\n");
}

TEST_F(ListImport, Json) {
  const auto json = nlohmann::json::parse(
      import(foreign("trend.txt", kTrend), {"--format", "trend", "--json"}).output);
  EXPECT_EQ(json["ok"], true);
  EXPECT_EQ(json["written"], true);
  EXPECT_EQ(json["format"], "trend");
  EXPECT_EQ(json["read"], 3);
  EXPECT_EQ(json["added"], 2);
  EXPECT_EQ(json["already_there"], 1);
  const auto repaired = nlohmann::json::parse(
      import(foreign("host_bits", "10.9.2.3/16\n"), {"--format", "native", "--json"}).output);
  EXPECT_EQ(repaired["repaired"], 1);
  EXPECT_THAT(repaired["input_diagnostics"].get<std::string>(), HasSubstr("has host bits set"));
  const CommandResult refused =
      import(foreign("bad", "10.0.0.300\n"), {"--format", "native", "--json"});
  EXPECT_EQ(refused.status.code, 65);
  EXPECT_EQ(nlohmann::json::parse(refused.output)["ok"], false);
}

TEST_F(ListImport, ExportWritesTheEntriesOfAClassWhereverTheyStand) {
  CommandResult result = run_here({"list", "export", "blocked", "--format", "native"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(result.output, "192.0.2.1 # spam\n192.0.2.2\n203.0.113.0/24\n198.51.100.1\n");
  result = run_here({"list", "export", "blocked", "--format", "trend"});
  EXPECT_EQ(result.output, "192.0.2.1\n192.0.2.2\n203.0.113.0:255.255.255.0\n198.51.100.1\n");
  EXPECT_THAT(result.error, HasSubstr("comments"));
}

TEST_F(ListImport, ExportLeavesOutWhatExpiresUnlessTold) {
  write_list("partners.list", "10.0.0.1 expires=2100-01-01T00:00:00Z\n10.0.0.2\n");
  CommandResult result = run_here({"list", "export", "partners", "--format", "trend"});
  EXPECT_EQ(result.output, "10.0.0.2\n");
  EXPECT_THAT(result.error, HasSubstr("--keep-expiring"));
  result = run_here({"list", "export", "partners", "--format", "trend", "--keep-expiring"});
  EXPECT_EQ(result.output, "10.0.0.1\n10.0.0.2\n");
}

TEST_F(ListImport, ExportToAFileReplacesItWhole) {
  const std::string file = scratch_ / "out.txt";
  const std::vector<std::string> command = {"list",   "export",   "blocked", "--format",
                                            "native", "--output", file};
  for (int i = 0; i < 2; ++i) {
    const CommandResult result = run_here(command);
    EXPECT_EQ(result.status.code, 0) << result.error;
    EXPECT_EQ(result.output, "");
    EXPECT_EQ(read_file(file), "192.0.2.1 # spam\n192.0.2.2\n203.0.113.0/24\n198.51.100.1\n");
    write_list("out.txt", "old\n");
  }
  EXPECT_EQ(run_here({"list", "export", "blocked", "--format", "native", "--output",
                      scratch_ / "no/such/folder"})
                .status.code,
            74);
}

TEST_F(ListImport, AListThatCannotBeReadIsNotExportedInPart) {
  write_list("blocked.list", "10.0.0.1\n10.0.0.300\n");
  const CommandResult result = run_here({"list", "export", "blocked", "--format", "native"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_EQ(result.output, "");
}

TEST_F(ListImport, ConvertNeedsNoPolicy) {
  const CommandResult result =
      run({"-c", "/nonexistent", "list", "convert", foreign("trend.txt", kTrend), "--from", "trend",
           "--to", "native"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(result.output, "192.0.2.2\n10.1.0.0/16\n2001:db8::/32\n");
  EXPECT_EQ(
      run({"list", "convert", foreign("bad", "10.0.0.300\n"), "--from", "native", "--to", "trend"})
          .status.code,
      65);
}

TEST_F(ListImport, ConvertTakesAListThatWasCutShortOnlyByForce) {
  std::vector<std::string> command = {"list",   "convert", foreign("cut.txt", "140.64.113.0/2"),
                                      "--from", "native",  "--to",
                                      "native"};
  CommandResult result = run(command);
  EXPECT_EQ(result.status.code, 65);
  EXPECT_EQ(result.output, "");
  EXPECT_THAT(result.error, HasSubstr("it was cut short; --force writes what is there"));
  command.emplace_back("--force");
  result = run(command);
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(result.output, "128.0.0.0/2\n");
}

TEST_F(ListImport, FormatsAreListed) {
  EXPECT_THAT(run({"list", "formats"}).output,
              AllOf(HasSubstr("native"), HasSubstr("read, write"), Not(HasSubstr("\t"))));
  const auto json = nlohmann::json::parse(run({"list", "formats", "--json"}).output);
  EXPECT_EQ(json[0]["name"], "native");
  EXPECT_EQ(json[0]["written"], true);
}

}  // namespace
}  // namespace portcullis::testing
