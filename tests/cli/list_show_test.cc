#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ListShow : public Cli {
 protected:
  ListShow() {
    write_policy(
        "[listener inbound]\n"
        "[class blocked]\naction = deny\nclients = file:blocked.list, file:more.list\n"
        "    198.51.100.0/24\n");
    write_list("blocked.list",
               "# head\n203.0.113.0/28 # Spam source\n203.0.113.77 expires=2020-01-01T00:00:00Z\n");
    write_list("more.list", ".Spam.Example ; name\n");
  }
  std::string at(const std::string& name, int line) const {
    return (scratch_ / name).string() + ':' + std::to_string(line);
  }
};

TEST_F(ListShow, IsATableOfAllListsAndThePolicyFile) {
  const CommandResult result = run_here({"list", "show", "blocked"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("class blocked (deny), 4 entries, page 1 of 1\n"));
  EXPECT_THAT(result.output, HasSubstr("\n203.0.113.0/28"));
  EXPECT_THAT(result.output, HasSubstr(at("blocked.list", 2) + "     Spam source\n"));
  EXPECT_THAT(result.output, HasSubstr("2020-01-01T00:00:00Z (expired)  "));
  EXPECT_THAT(result.output, HasSubstr(".Spam.Example"));
  EXPECT_THAT(result.output, HasSubstr(at("portcullis.conf", 5)));
}

TEST_F(ListShow, JsonHasTheKeysThatArePromised) {
  const auto json =
      nlohmann::ordered_json::parse(run_here({"list", "show", "blocked", "--json"}).output);
  EXPECT_THAT(keys_of(json), ElementsAre("class", "action", "files", "total", "page", "pages",
                                         "per_page", "entries"));
  EXPECT_EQ(json["total"], 4);
  EXPECT_EQ(json["files"][1], (scratch_ / "more.list").string());
  EXPECT_THAT(keys_of(json["entries"][0]),
              ElementsAre("entry", "comment", "expires", "expired", "file", "line"));
  EXPECT_EQ(json["entries"][0]["comment"], "Spam source");
  EXPECT_TRUE(json["entries"][0]["expires"].is_null());
  EXPECT_EQ(json["entries"][1]["expires"], "2020-01-01T00:00:00Z");
  EXPECT_EQ(json["entries"][1]["expired"], true);
  EXPECT_EQ(json["entries"][3]["entry"], "198.51.100.0/24");
  EXPECT_EQ(json["entries"][3]["line"], 5);
}

TEST_F(ListShow, GoesPageByPage) {
  const auto json = json_here({"list", "show", "blocked", "--per-page", "3", "--page", "2"});
  EXPECT_EQ(json["pages"], 2);
  ASSERT_EQ(json["entries"].size(), 1U);
  EXPECT_EQ(json["entries"][0]["entry"], "198.51.100.0/24");
  const CommandResult beyond = run_here({"list", "show", "blocked", "--page", "2"});
  EXPECT_EQ(beyond.status.code, 65);
  EXPECT_EQ(beyond.error, "portcullis: there is no page 2; the last one is 1\n");
  EXPECT_EQ(run_here({"list", "show", "blocked", "--page", "0"}).status.code, 64);
  EXPECT_EQ(run_here({"list", "show", "blocked", "--per-page", "0"}).status.code, 64);
}

TEST_F(ListShow, GrepLooksAtEntriesAndCommentsInAnyCase) {
  const auto json = json_here({"list", "show", "blocked", "--grep", "SPAM"});
  EXPECT_EQ(json["total"], 2);
  EXPECT_EQ(json["entries"][1]["entry"], ".Spam.Example");
  EXPECT_EQ(json_here({"list", "show", "blocked", "--grep", "nowhere"})["total"], 0);
}

TEST_F(ListShow, KnowsTheClassesThereAre) {
  const CommandResult result = run_here({"list", "show", "blockd"});
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, HasSubstr("did you mean blocked?"));
}

TEST_F(ListShow, ShowsWhatCanBeReadAndReportsTheRest) {
  write_list("more.list", "192.0.2.300\n203.0.113.9\n");
  const CommandResult result = run_here({"list", "show", "blocked"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_THAT(result.output, HasSubstr("203.0.113.9"));
  EXPECT_THAT(result.error, HasSubstr(at("more.list", 1) + ": error: \"192.0.2.300\""));
}

TEST_F(ListShow, HostileCommentsReachNoTerminal) {
  write_list("more.list", "203.0.113.9 # \x1b[2J\x07\xff\n");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"list", "show", "blocked"},
        {"list", "show", "blocked", "--json"}}) {
    const CommandResult result = run_here(arguments);
    EXPECT_EQ(result.status.code, 0);
    EXPECT_TRUE(is_fit_for_terminal(result.output + result.error));
  }
}

}  // namespace
}  // namespace portcullis::testing
