// The daemon's figures of its entries: what is taken for an answer, and what is not.

#include "cli/entry_hits.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "config/time_text.h"
#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kAnswer = R"({"ok": true, "class": "blocked",
  "since": "2026-01-01T00:00:00Z",
  "entries": [{"text": "192.0.2.0/24", "file": "/etc/a.list", "line": 3,
               "count": 18446744073709551615, "last": "2026-11-22T10:11:12Z"}],
  "truncated": true})";

TEST(EntryHits, AnAnswerIsRead) {
  const auto hits = parse_entry_hits(Json::parse(kAnswer));
  ASSERT_TRUE(hits) << hits.error().errors;
  EXPECT_EQ(hits->since, *parse_time("2026-01-01T00:00:00Z"));
  EXPECT_TRUE(hits->truncated);
  ASSERT_EQ(hits->entries.size(), 1U);
  const EntryHits& entry = hits->entries.front();
  EXPECT_EQ(entry.text, "192.0.2.0/24");
  EXPECT_EQ(entry.file, "/etc/a.list");
  EXPECT_EQ(entry.line, 3U);
  EXPECT_EQ(entry.count, 18446744073709551615U);
  EXPECT_EQ(entry.last, *parse_time("2026-11-22T10:11:12Z"));
}

// Every value of the answer is replaced by one of every other kind, and left out.
TEST(EntryHits, AnAnswerThatIsNotAsItShouldBeIsNoneAtAll) {
  const Json answer = Json::parse(kAnswer);
  const Json wrong[] = {
      nullptr, -1, 1.5, 18446744073709551615U, "text", Json::array({1}), Json::object({{"a", 1}})};
  const auto refused = [](const Json& json) { return !parse_entry_hits(json).has_value(); };
  for (const char* key : {"ok", "since", "entries", "truncated"}) {
    Json without = answer;
    without.erase(key);
    EXPECT_TRUE(refused(without)) << key;
    for (const Json& value : wrong) {
      Json changed = answer;
      changed[key] = value;
      EXPECT_TRUE(refused(changed)) << changed;
    }
  }
  for (const char* key : {"text", "file", "line", "count", "last"}) {
    Json without = answer;
    without["entries"][0].erase(key);
    EXPECT_TRUE(refused(without)) << key;
    for (const Json& value : wrong) {
      Json changed = answer;
      if (changed["entries"][0][key].type() == value.type() && key != std::string("line") &&
          key != std::string("last")) {
        continue;  // another text or count is as good
      }
      changed["entries"][0][key] = value;
      EXPECT_TRUE(refused(changed)) << changed;
    }
  }
  for (const Json& value : wrong) EXPECT_TRUE(refused(value)) << value;
}

TEST(EntryHits, TheDaemonsOwnErrorIsShown) {
  const auto hits = parse_entry_hits({{"ok", false}, {"error", "no class \"x\"\x1b[2J"}});
  ASSERT_FALSE(hits);
  EXPECT_EQ(hits.error().code, ExitCode::unavailable);
  EXPECT_THAT(hits.error().errors, HasSubstr("no class \"x\"\\x1b[2J"));
}

TEST(EntryHits, AreAskedOfARealDaemon) {
  PortcullisDaemon daemon;
  daemon.write_policy(
      "[listener inbound]\n[class blocked]\naction = deny\nclients = 192.0.2.0/24\n");
  daemon.start();
  const std::string policy = daemon.policy_path();
  const auto none = ask_entry_hits(policy, "blocked");
  ASSERT_TRUE(none) << none.error().errors;
  EXPECT_THAT(none->entries, IsEmpty());
  for (int i = 0; i < 3; ++i) daemon.client().connect(AnnouncedClient::ipv4("192.0.2.1"));
  const auto hits = ask_entry_hits(policy, "blocked");
  ASSERT_TRUE(hits) << hits.error().errors;
  ASSERT_EQ(hits->entries.size(), 1U);
  EXPECT_EQ(hits->entries.front().count, 3U);
  EXPECT_EQ(hits->entries.front().file, policy);
  EXPECT_GE(hits->entries.front().last, hits->since);
  EXPECT_FALSE(ask_entry_hits(policy, "nobody"));
  daemon.stop();
  EXPECT_FALSE(ask_entry_hits(policy, "blocked"));
}

}  // namespace
}  // namespace portcullis::testing
