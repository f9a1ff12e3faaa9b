// What list import and list refresh would bring about is said before it is written.

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ListImportGuard : public Cli {
 protected:
  ListImportGuard() {
    const std::string source =
        fmt::format("source = {}\nformat = native\n", (scratch_ / "feed").string());
    write_policy(
        "[listener inbound]\n[listener submission]\nport = 587\nrole = submission\n"
        "[class blocked]\naction = deny\nclients = file:blocked.list\n" +
        source + "[class partners]\naction = permit\nclients = file:partners.list\n" + source +
        "[class internal]\naction = exempt\nclients = file:internal.list\n" + source +
        "[class users]\naction = permit\nlisteners = submission\nclients = file:users.list\n"
        "[class guests]\naction = deny\nlisteners = submission\nclients = file:guests.list\n");
    for (const std::string& name : kLists) write_list(name + ".list", "# head\n");
  }

  std::string list(const std::string& name) const { return read_file(scratch_ / (name + ".list")); }
  std::string all_lists() const {
    std::string text;
    for (const std::string& name : kLists) text += name + '\n' + list(name);
    return text;
  }

  CommandResult import(const std::string& name, std::string_view text,
                       std::vector<std::string> more = {}, const std::string& format = "native") {
    write_list("foreign", text);
    more.insert(more.begin(), {"list", "import", name, scratch_ / "foreign", "--format", format});
    return run_here(more);
  }

  CommandResult refresh(const std::string& name, std::string_view text,
                        std::vector<std::string> more = {}) const {
    write_list("feed", text);
    more.insert(more.begin(), {"list", "refresh", name});
    return run_here(more);
  }

  // It is refused, and no list is changed.
  void expect_refusal(const CommandResult& result, const std::string& before,
                      const std::string& reason) const {
    EXPECT_EQ(result.status.code, 65) << result.output;
    EXPECT_THAT(result.error, AllOf(HasSubstr("error: " + reason),
                                    HasSubstr("nothing was changed; say --force")));
    EXPECT_EQ(all_lists(), before);
  }

 private:
  inline static const std::vector<std::string> kLists = {"blocked", "partners", "internal", "users",
                                                         "guests"};
};

TEST_F(ListImportGuard, AnExemptEntryThatLeavesOthersWithoutEffect) {
  write_list("blocked.list", "10.30.7.0/24\n");
  const std::string before = all_lists();
  expect_refusal(import("internal", "10.30.0.0/16\n"), before, "10.30.0.0/16 leaves 10.30.7.0/24");
  const CommandResult forced = import("internal", "10.30.0.0/16\n", {"--force"});
  EXPECT_EQ(forced.status.code, 0);
  EXPECT_THAT(forced.error, HasSubstr("warning: 10.30.0.0/16 leaves 10.30.7.0/24"));
  EXPECT_EQ(list("internal"), "# head\n10.30.0.0/16\n");
}

TEST_F(ListImportGuard, TheSameClientsWithAnotherAction) {
  write_list("blocked.list", "10.30.7.0/24\n.spam.example\n");
  const std::string before = all_lists();
  expect_refusal(import("partners", "10.1.0.1\n10.30.7.0/24\n"), before,
                 "10.30.7.0/24 contradicts");
  expect_refusal(import("partners", ".Spam.example\n", {"--replace"}), before,
                 ".spam.example contradicts");
}

TEST_F(ListImportGuard, WhatAnExemptEntryCoversHasNoEffect) {
  write_list("internal.list", "10.30.0.0/16\n");
  expect_refusal(import("blocked", "10.30.7.1\n"), all_lists(), "10.30.7.1 has no effect");
}

TEST_F(ListImportGuard, WhatTheClassCoversAlreadyIsNoHindrance) {
  write_list("blocked.list", "10.30.0.0/16\n");
  const CommandResult result = import("blocked", "10.30.7.1\n10.0.0.0/8\n");
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.error, AllOf(HasSubstr("note: 10.30.7.1 is covered already by 10.30.0.0/16"),
                                  HasSubstr("note: 10.0.0.0/8 covers 10.30.0.0/16")));
  EXPECT_EQ(list("blocked"), "10.30.0.0/16\n10.30.7.1\n10.0.0.0/8\n");
}

TEST_F(ListImportGuard, NeitherWhatGoesNorWhatComesWithItIsHeldAgainstAnEntry) {
  write_list("blocked.list", "10.30.0.0/16\n10.40.0.0/16\n# tail\n");
  const CommandResult result =
      import("blocked", "10.30.7.0/24\n10.30.7.1\n10.40.0.0/16\n", {"--replace"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_THAT(result.error, IsEmpty());
  EXPECT_EQ(list("blocked"), "10.40.0.0/16\n# tail\n10.30.7.0/24\n10.30.7.1\n");
}

TEST_F(ListImportGuard, OfManyTenAreNamed) {
  std::string many;
  for (int i = 1; i <= 25; ++i) many += fmt::format("10.30.7.{}\n", i);
  write_list("internal.list", "10.30.0.0/16\n");
  const CommandResult result = import("blocked", many);
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, AllOf(HasSubstr("10.30.7.10 has no effect"),
                                  Not(HasSubstr("10.30.7.11 has no effect")),
                                  HasSubstr("15 more have no effect: entries of class internal "
                                            "(exempt) cover them\n")));
}

constexpr std::string_view kFirstMatch =
    "10.30.7.0/24 REJECT\n10.30.0.0/16 OK\n10.0.0.0/8 REJECT\n";

TEST_F(ListImportGuard, ExceptionsAreHeldAgainstWhatComesWithThem) {
  const std::string before = all_lists();
  expect_refusal(import("blocked", kFirstMatch, {"--exceptions", "internal"}, "postfix-cidr"),
                 before, "10.30.0.0/16 leaves 10.30.7.0/24");
  const CommandResult result =
      import("blocked", kFirstMatch, {"--exceptions", "partners"}, "postfix-cidr");
  EXPECT_EQ(result.status.code, 0);
  // That they are exceptions goes without saying.
  EXPECT_THAT(result.error, Not(HasSubstr("the more specific wins")));
  EXPECT_THAT(run_here({"explain", "10.30.7.1"}).output, HasSubstr("class blocked (deny)"));
  EXPECT_THAT(run_here({"explain", "10.30.8.1"}).output, HasSubstr("class partners (permit)"));
}

TEST_F(ListImportGuard, AnExceptionLetsOurOwnAddressIn) {
  const CommandResult result = import("blocked", "127.0.0.0/30 OK\n127.0.0.0/24 REJECT\n",
                                      {"--exceptions", "partners"}, "postfix-cidr");
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(list("blocked"), "# head\n127.0.0.0/24\n");
  EXPECT_EQ(list("partners"), "# head\n127.0.0.0/30\n");
}

TEST_F(ListImportGuard, ExceptionsNeedAClassThatIsInForceWhereverTheOtherIs) {
  const std::string before = all_lists();
  const CommandResult elsewhere =
      import("blocked", kFirstMatch, {"--exceptions", "users"}, "postfix-cidr");
  EXPECT_EQ(elsewhere.status.code, 65);
  EXPECT_THAT(elsewhere.error,
              HasSubstr("class \"users\" is not in force on every listener of class \"blocked\""));
  EXPECT_EQ(all_lists(), before);
  EXPECT_EQ(import("guests", kFirstMatch, {"--exceptions", "users"}, "postfix-cidr").status.code,
            0);
  EXPECT_EQ(import("guests", "10.50.7.0/24 OK\n10.50.0.0/16 REJECT\n", {"--exceptions", "partners"},
                   "postfix-cidr")
                .status.code,
            0);
}

TEST_F(ListImportGuard, NeitherListIsWrittenIfOneCannotBe) {
  std::string many = "# many\n";
  for (int i = 0; i < 2'000; ++i) many += fmt::format("10.1.{}.{}\n", i / 256, i % 256);
  write_list("blocked.list", many);
  write_list("foreign", kFirstMatch);
  const std::string before = all_lists();
  const CommandResult result = shell(
      "ulimit -f 16; \"$P\" -c \"$C\" list import blocked \"$(dirname \"$C\")\"/foreign "
      "--format postfix-cidr --exceptions partners");
  EXPECT_EQ(result.status.code, 74) << result.error;
  EXPECT_THAT(result.error, AllOf(HasSubstr("blocked.list: error: cannot be written"),
                                  HasSubstr("portcullis: nothing was changed\n")));
  EXPECT_EQ(all_lists(), before);
}

TEST_F(ListImportGuard, AFeedThatLosesAgainstOurOwnEntriesIsTaken) {
  write_list("internal.list", "10.0.0.0/8\n127.0.0.0/8\n");
  const CommandResult result = refresh("blocked", "10.0.0.0/8\n10.30.7.0/24\n127.0.0.0/8\n");
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.error, AllOf(HasSubstr("note: 10.0.0.0/8 contradicts 10.0.0.0/8"),
                                  HasSubstr("note: 10.30.7.0/24 has no effect")));
  EXPECT_EQ(list("blocked"), "# head\n10.0.0.0/8\n10.30.7.0/24\n127.0.0.0/8\n");
  // What was said when it came is not said every time.
  EXPECT_THAT(refresh("blocked", "10.0.0.0/8\n10.30.7.0/24\n127.0.0.0/8\n10.40.0.0/15\n").error,
              Not(HasSubstr("10.30.7.0/24")));
}

TEST_F(ListImportGuard, AFeedThatWinsOverOurOwnEntriesNeedsForce) {
  write_list("blocked.list", "10.30.7.0/24\n");
  const std::string before = all_lists();
  expect_refusal(refresh("partners", "10.30.7.0/24\n"), before,
                 "10.30.7.0/24 contradicts 10.30.7.0/24");
  expect_refusal(refresh("internal", "10.30.0.0/16\n"), before, "10.30.0.0/16 leaves 10.30.7.0/24");
  EXPECT_EQ(refresh("internal", "10.30.0.0/16\n", {"--force"}).status.code, 0);
}

}  // namespace
}  // namespace portcullis::testing
