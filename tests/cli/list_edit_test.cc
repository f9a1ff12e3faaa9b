// list add, remove, edit, clear and undo: what they write and what they say.

#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

class ListEdit : public Cli {
 protected:
  ListEdit() {
    write_policy(
        "[listener inbound]\n"
        "[class blocked]\naction = deny\nclients = file:blocked.list\n    198.51.100.0/24\n"
        "[class partners]\naction = permit\nclients = file:near.list, file:lists/far.list\n"
        "[class internal]\naction = exempt\nclients = 10.0.0.0/8\n");
    write_list("blocked.list", kBefore);
    write_list("near.list", "# none yet\n");
    scratch_.make_directory("lists");
    write_list("lists/far.list", "# none yet\n");
  }

  std::string list(const std::string& name = "blocked.list") const {
    return read_file(scratch_ / name);
  }
  std::string path(const std::string& name = "blocked.list") const {
    return (scratch_ / name).string();
  }
  // `portcullis list ARGUMENTS...`, which must end with `code`.
  CommandResult edit(std::vector<std::string> arguments, int code = 0) const {
    arguments.insert(arguments.begin(), "list");
    CommandResult result = run_here(std::move(arguments));
    EXPECT_EQ(result.status.code, code) << result.output << result.error;
    EXPECT_TRUE(code == 0 || result.output.empty()) << result.output;
    return result;
  }

  static constexpr const char* kBefore = "# head\r\n203.0.113.7 ; why\r\n\r\n203.0.113.9\r\n";
};

TEST_F(ListEdit, AddAppendsAndKeepsAllElse) {
  const CommandResult result =
      edit({"add", "blocked", "203.0.113.16/28", ".Spam.Example", "--comment", "from #1; twice",
            "--expires", "2099-01-31T00:00:00Z"});
  EXPECT_EQ(list(), std::string(kBefore) +
                        "203.0.113.16/28 expires=2099-01-31T00:00:00Z # from #1; twice\r\n"
                        ".spam.example expires=2099-01-31T00:00:00Z # from #1; twice\r\n");
  EXPECT_EQ(result.output,
            "added 203.0.113.16/28 (" + path() + ":5)\nadded .spam.example (" + path() + ":6)\n");
  EXPECT_THAT(result.error, IsEmpty());
}

TEST_F(ListEdit, AddForADuration) {
  edit({"add", "blocked", "203.0.113.16", "--for", "7d"});
  EXPECT_THAT(list(), MatchesRegex("(.|\r|\n)*203.0.113.16 "
                                   "expires=20..-..-..T..:..:..Z\r\n"));
  edit({"add", "blocked", "203.0.113.17", "--for", "7"}, 65);
  edit({"add", "blocked", "203.0.113.17", "--for", "1d", "--expires", "2099-01-31T00:00:00Z"}, 64);
  EXPECT_THAT(
      edit({"add", "blocked", "203.0.113.17", "--expires", "2020-01-31T00:00:00Z"}, 65).error,
      HasSubstr("is over"));
}

TEST_F(ListEdit, AddDoesNotAddWhatIsThereInAnySpelling) {
  for (const std::string spelling :
       {"203.0.113.7", "203.0.113.7/32", "::ffff:203.0.113.7", "203.0.113.7-203.0.113.7"}) {
    const CommandResult result = edit({"add", "blocked", spelling});
    EXPECT_EQ(result.output, "203.0.113.7 is there already (" + path() + ":2)\n");
  }
  EXPECT_EQ(edit({"add", "blocked", "198.51.100.0:255.255.255.0"}).output,
            "198.51.100.0/24 is there already (" + policy_path() + ":5)\n");
  EXPECT_EQ(list(), kBefore);
}

TEST_F(ListEdit, AddGivesAnExpiredEntryANewLife) {
  write_list("blocked.list", "203.0.113.7 expires=2020-01-01T00:00:00Z # old\n# tail\n");
  edit({"add", "blocked", "203.0.113.7", "--comment", "new"});
  EXPECT_EQ(list(), "# tail\n203.0.113.7 # new\n");
}

TEST_F(ListEdit, AddRefusesWhatIsNoEntryAndChangesNothing) {
  const CommandResult result =
      edit({"add", "blocked", "203.0.113.300", "203.0.113.1", "203.0.113.5/24", "0.0.0.0/0"}, 65);
  for (const std::string text :
       {"the entry \"203.0.113.300\"", "\"203.0.113.5/24\" has host bits set; write 203.0.113.0/24",
        "\"0.0.0.0/0\" is everyone"}) {
    EXPECT_THAT(result.error, HasSubstr(text));
  }
  EXPECT_THAT(edit({"add", "blocked", "203.0.113.1", "--comment", "a\n203.0.113.2"}, 65).error,
              HasSubstr("holds a control character"));
  EXPECT_EQ(list(), kBefore);
}

TEST_F(ListEdit, AddFillsAListThatIsEmpty) {
  write_list("blocked.list", "");
  edit({"add", "blocked", "203.0.113.1"});
  EXPECT_EQ(list(), "203.0.113.1\n");
}

TEST_F(ListEdit, AListThatIsNotThereIsNamedWithTheRepair) {
  std::filesystem::remove(path());
  EXPECT_THAT(edit({"add", "blocked", "203.0.113.1"}, 74).error,
              HasSubstr("create it: touch " + path()));
}

TEST_F(ListEdit, SeveralListFilesAreToldApart) {
  EXPECT_EQ(edit({"add", "partners", "203.0.113.1"}, 65).error,
            "portcullis: class \"partners\" has several list files; say --file and one of "
            "near.list, lists/far.list\n");
  edit({"add", "partners", "203.0.113.1", "--file", "lists/far.list"});
  edit({"add", "partners", "203.0.113.2", "--file", "far.list"});
  edit({"add", "partners", "203.0.113.3", "--file", path("lists/far.list")});
  EXPECT_EQ(list("lists/far.list"), "# none yet\n203.0.113.1\n203.0.113.2\n203.0.113.3\n");
  EXPECT_THAT(edit({"add", "partners", "203.0.113.1", "--file", "x.list"}, 65).error,
              HasSubstr("has no list file \"x.list\"; it has near.list, lists/far.list"));
  EXPECT_EQ(edit({"add", "partners", "203.0.113.1", "--file", "near.list"}).output,
            "203.0.113.1 is there already (" + path("lists/far.list") + ":2)\n");
}

TEST_F(ListEdit, AClassWithoutAListFileIsToldHowToGetOne) {
  const CommandResult result = edit({"add", "internal", "203.0.113.1"}, 65);
  EXPECT_THAT(result.error, HasSubstr("class \"internal\" has no list file"));
  EXPECT_THAT(result.error, HasSubstr("write clients = file:internal.list"));
}

TEST_F(ListEdit, RemoveFindsAnEntryInAnySpelling) {
  const CommandResult result = edit({"remove", "blocked", "::ffff:203.0.113.7", "203.0.113.9/32"});
  EXPECT_EQ(list(), "# head\r\n\r\n");
  EXPECT_EQ(result.output,
            "removed 203.0.113.7 (" + path() + ":2)\nremoved 203.0.113.9 (" + path() + ":4)\n");
}

TEST_F(ListEdit, RemoveRefusesWhatIsNotThere) {
  write_list("blocked.list", "203.0.113.0/28\n203.0.113.77\n");
  const CommandResult result = edit(
      {"remove", "blocked", "203.0.113.3", "203.0.113.99", "198.51.100.0/24", "203.0.113.77"}, 65);
  EXPECT_EQ(result.error,
            "portcullis: 203.0.113.3 is no entry of its own; it is covered by 203.0.113.0/28 (" +
                path() + ":1)\nportcullis: 203.0.113.99 is no entry of class blocked\n" +
                "portcullis: 198.51.100.0/24 stands in " + policy_path() +
                ":5, not in the list that is edited\nportcullis: nothing was changed\n");
  EXPECT_EQ(list(), "203.0.113.0/28\n203.0.113.77\n");
  edit({"remove", "blocked", "203.0.113.3", "203.0.113.77", "--force"});
  EXPECT_EQ(list(), "203.0.113.0/28\n");
}

TEST_F(ListEdit, EditChangesAnEntryWhereItStands) {
  const CommandResult result = edit({"edit", "blocked", "203.0.113.7", "203.0.113.0/29"});
  EXPECT_EQ(list(), "# head\r\n203.0.113.0/29 ; why\r\n\r\n203.0.113.9\r\n");
  EXPECT_EQ(result.output, "changed 203.0.113.7 to 203.0.113.0/29 (" + path() + ":2)\n");
  edit({"edit", "blocked", "203.0.113.9", "203.0.113.9", "--comment", "because", "--expires",
        "2099-01-31T00:00:00Z"});
  EXPECT_THAT(list(), HasSubstr("\r\n203.0.113.9 expires=2099-01-31T00:00:00Z # because\r\n"));
  edit({"edit", "blocked", "203.0.113.9", "203.0.113.9", "--no-expiry"});
  EXPECT_THAT(list(), HasSubstr("\r\n203.0.113.9 # because\r\n"));
}

TEST_F(ListEdit, EditKeepsTheLineThatHoldsLongest) {
  const std::string three =
      "203.0.113.5 expires=2090-12-02T00:00:00Z # temporary\n# between\n"
      "203.0.113.5/32 # for good\n203.0.113.5\n203.0.113.9\n";
  write_list("blocked.list", three);
  EXPECT_EQ(edit({"edit", "blocked", "203.0.113.5", "203.0.113.5", "--comment", "x"}).output,
            "changed 203.0.113.5 to 203.0.113.5 (" + path() +
                ":2)\nremoved 2 more lines that named 203.0.113.5\n");
  EXPECT_EQ(list(), "# between\n203.0.113.5 # x\n203.0.113.9\n");
  write_list(
      "blocked.list",
      "203.0.113.5 expires=2080-12-02T00:00:00Z\n203.0.113.5 expires=2090-12-02T00:00:00Z\n");
  edit({"edit", "blocked", "203.0.113.5", "203.0.113.6"});
  EXPECT_EQ(list(), "203.0.113.6 expires=2090-12-02T00:00:00Z\n");
}

TEST_F(ListEdit, EditRefusesWhatIsNotThereAndWhatIsThereAlready) {
  EXPECT_THAT(edit({"edit", "blocked", "203.0.113.99", "203.0.113.98"}, 65).error,
              HasSubstr("203.0.113.99 is no entry of " + path()));
  EXPECT_THAT(edit({"edit", "blocked", "203.0.113.7", "203.0.113.9"}, 65).error,
              HasSubstr("203.0.113.9 is there already (" + path() + ":4); remove 203.0.113.7"));
  EXPECT_EQ(list(), kBefore);
}

TEST_F(ListEdit, ClearNeedsAYes) {
  EXPECT_EQ(edit({"clear", "blocked"}, 64).error,
            "portcullis: list clear: say --yes to remove all entries\n");
  EXPECT_EQ(list(), kBefore);
  EXPECT_EQ(edit({"clear", "blocked", "--yes"}).output,
            "removed all 2 entries of " + path() + "\n");
  EXPECT_EQ(list(), "# head\r\n\r\n");
}

TEST_F(ListEdit, ClearAsksOnATerminal) {
  const auto answer = [&](const std::string& text) {
    return shell("printf '" + text +
                 "\\n' | script -qec '\"$P\" -c \"$C\" list clear blocked' /dev/null");
  };
  EXPECT_THAT(answer("n").output, HasSubstr("Remove all entries of class blocked? [y/N] "));
  EXPECT_EQ(list(), kBefore);
  EXPECT_THAT(answer("y").output, HasSubstr("removed all 2 entries"));
  EXPECT_EQ(list(), "# head\r\n\r\n");
}

TEST_F(ListEdit, UndoTakesTheLastEditBackAndTwiceMakesItAgain) {
  EXPECT_THAT(edit({"undo", "blocked"}, 65).error, HasSubstr("has no version before"));
  edit({"clear", "blocked", "--yes"});
  EXPECT_EQ(edit({"undo", "blocked"}).output,
            path() + " is as it was before its last edit: 2 entries, from 0\n");
  EXPECT_EQ(list(), kBefore);
  edit({"undo", "blocked"});
  EXPECT_EQ(list(), "# head\r\n\r\n");
}

TEST_F(ListEdit, DryRunWritesNothing) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"add", "blocked", "203.0.113.1", "--dry-run"},
        {"remove", "blocked", "203.0.113.7", "--dry-run"},
        {"edit", "blocked", "203.0.113.7", "203.0.113.8", "--dry-run"},
        {"clear", "blocked", "--dry-run"}}) {
    EXPECT_THAT(edit(arguments).output, HasSubstr("nothing was written: this was a dry run\n"));
  }
  EXPECT_EQ(list(), kBefore);
  EXPECT_FALSE(std::filesystem::exists(path() + '~'));
}

TEST_F(ListEdit, AnEditAfterWhichThePolicyHasErrorsIsRefused) {
  write_list("near.list", "not/an/entry\n");
  const CommandResult result = edit({"add", "blocked", "203.0.113.1"}, 78);
  EXPECT_THAT(result.error, HasSubstr(path("near.list") + ":1: error: \"not/an/entry\""));
  EXPECT_THAT(result.error, HasSubstr("portcullis: nothing was changed\n"));
  EXPECT_EQ(list(), kBefore);
}

TEST_F(ListEdit, TheLastPermitUnderDefaultDenyCannotBeRemoved) {
  write_policy(
      "[listener inbound]\ndefault = deny\n"
      "[class partners]\naction = permit\nclients = file:near.list\n");
  write_list("near.list", "203.0.113.1\n");
  EXPECT_THAT(edit({"remove", "partners", "203.0.113.1", "--force"}, 78).error,
              HasSubstr("nobody could connect"));
  EXPECT_EQ(list("near.list"), "203.0.113.1\n");
}

TEST_F(ListEdit, JsonHasTheKeysThatArePromised) {
  const auto json = nlohmann::ordered_json::parse(
      run_here({"list", "add", "blocked", "203.0.113.1", "203.0.113.7", "--json"}).output);
  EXPECT_THAT(keys_of(json),
              ElementsAre("ok", "written", "dry_run", "class", "file", "added", "already_there",
                          "objections", "notes", "diagnostics", "reload"));
  EXPECT_EQ(json["ok"], true);
  EXPECT_EQ(json["written"], true);
  EXPECT_EQ(json["file"], path());
  EXPECT_EQ(json["added"].dump(), R"([{"entry":"203.0.113.1","line":5}])");
  EXPECT_EQ(json["already_there"][0]["line"], 2);
  EXPECT_TRUE(json["reload"].is_null());
  EXPECT_EQ(json_here({"list", "remove", "blocked", "203.0.113.7"})["removed"][0]["line"], 2);
  EXPECT_EQ(json_here({"list", "edit", "blocked", "203.0.113.9", "203.0.113.8"})["new"],
            "203.0.113.8");
  EXPECT_EQ(json_here({"list", "undo", "blocked"})["entries"], 2);
  EXPECT_EQ(json_here({"list", "clear", "blocked", "--yes"})["removed"], 2);
}

}  // namespace
}  // namespace portcullis::testing
