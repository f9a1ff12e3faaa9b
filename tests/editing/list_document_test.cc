#include "editing/list_document.h"

#include <chrono>

#include <gmock/gmock.h>

#include "config/time_text.h"

namespace portcullis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

EntryScope scope(std::string_view text) {
  return scope_of(parse_entry(text).value());
}

// The lines that name what `text` names.
std::vector<std::uint32_t> lines_of(const ListDocument& document, std::string_view text) {
  const EntryScope sought = scope(text);
  std::vector<std::uint32_t> lines;
  for (const FoundEntry& found : document.find({&sought, 1})) lines.push_back(found.line);
  return lines;
}

void append(ListDocument& document, std::string_view text, const EntryNotes& notes = {}) {
  const EntryScope added = scope(text);
  document.append({&added, 1}, notes);
}

TEST(EntryScope, IsTheSameInEverySpelling) {
  for (const auto& [a, b] :
       std::vector<std::pair<std::string, std::string>>{{"10.0.0.1", "10.0.0.1/32"},
                                                        {"10.0.0.1", "::ffff:10.0.0.1"},
                                                        {"10.0.0.1", "::ffff:a00:1/128"},
                                                        {"10.0.0.1", "10.0.0.1-10.0.0.1"},
                                                        {"10.0.0.0/8", "10.0.0.0:255.0.0.0"},
                                                        {"10.0.0.0/8", "10.0.0.0/255.0.0.0"},
                                                        {"10.0.0.0/8", "10.0.0.0-10.255.255.255"},
                                                        {"10.0.0.0/8", "::ffff:10.0.0.0/104"},
                                                        {"2001:db8::/32", "2001:0DB8:0::/32"},
                                                        {"2001:db8::1", "2001:db8:0:0:0:0:0:1"},
                                                        {"MX.Example.com", "mx.example.COM"}}) {
    EXPECT_EQ(scope(a), scope(b)) << a << ' ' << b;
  }
  for (const auto& [a, b] :
       std::vector<std::pair<std::string, std::string>>{{"10.0.0.0", "10.0.0.0/8"},
                                                        {"10.0.0.1-10.0.0.2", "10.0.0.0-10.0.0.2"},
                                                        {".example.com", "example.com"},
                                                        {"::a00:1", "10.0.0.1"}}) {
    EXPECT_NE(scope(a), scope(b)) << a << ' ' << b;
  }
}

TEST(EntryScope, CoversWhatLiesWithin) {
  EXPECT_TRUE(scope("10.0.0.0/8").covers(scope("10.1.0.0/16")));
  EXPECT_TRUE(scope("10.0.0.0/8").covers(scope("10.0.0.0/8")));
  EXPECT_FALSE(scope("10.1.0.0/16").covers(scope("10.0.0.0/8")));
  EXPECT_FALSE(scope("::/1").covers(scope("10.0.0.1")));
  EXPECT_FALSE(scope("10.0.0.0/8").covers(scope("a00::1")));
  EXPECT_TRUE(scope(".example.com").covers(scope("example.com")));
  EXPECT_TRUE(scope(".example.com").covers(scope(".mx.example.com")));
  EXPECT_FALSE(scope(".example.com").covers(scope("badexample.com")));
  EXPECT_FALSE(scope("example.com").covers(scope("mx.example.com")));
  EXPECT_FALSE(scope(".example.com").covers(scope("10.0.0.1")));
}

TEST(EntryScope, IsWrittenShortest) {
  EXPECT_EQ(scope("::ffff:10.0.0.0/104").to_string(), "10.0.0.0/8");
  EXPECT_EQ(scope("10.0.0.0-10.0.0.2").to_string(), "10.0.0.0-10.0.0.2");
  EXPECT_EQ(scope(".Example.COM").to_string(), ".example.com");
}

TEST(ListDocument, FindsAnEntryInWhateverSpelling) {
  const ListDocument document(
      "# 10.0.0.1\n10.0.0.1\n  10.0.0.1/32 expires=2027-01-31T00:00:00Z # twice\n"
      "not an entry\n::ffff:10.0.0.1 ; again\n10.0.0.0/8\n");
  EXPECT_THAT(lines_of(document, "10.0.0.1"), ElementsAre(2, 3, 5));
  EXPECT_THAT(lines_of(document, "10.0.0.0-10.255.255.255"), ElementsAre(6));
  EXPECT_THAT(lines_of(document, "10.0.0.2"), IsEmpty());
  EXPECT_EQ(document.entries(), 5U);
}

TEST(ListDocument, FindsSeveralAtOnceWithTheirExpiry) {
  const ListDocument document("192.0.2.2 expires=2027-01-31T00:00:00Z\n192.0.2.1\n");
  const std::vector<EntryScope> sought = {scope("192.0.2.1"), scope("192.0.2.2")};
  const auto found = document.find(sought);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].sought, 1U);
  EXPECT_EQ(found[0].expires, parse_time("2027-01-31T00:00:00Z").value());
  EXPECT_EQ(found[1].sought, 0U);
  EXPECT_EQ(found[1].expires, std::nullopt);
}

TEST(ListDocument, AppendsWithExpiryAndComment) {
  ListDocument document("# head\n192.0.2.1\n");
  const std::vector<EntryScope> added = {scope("192.0.2.2"), scope(".Spam.Example")};
  EXPECT_EQ(document.append(added, {parse_time("2027-01-31T00:00:00Z").value(), "why # not"}), 3U);
  EXPECT_EQ(document.text(),
            "# head\n192.0.2.1\n192.0.2.2 expires=2027-01-31T00:00:00Z # why # not\n"
            ".spam.example expires=2027-01-31T00:00:00Z # why # not\n");
}

TEST(ListDocument, AppendsWithTheLineEndsOfTheFile) {
  ListDocument document("\xef\xbb\xbf# head\r\n192.0.2.1\r\n");
  append(document, "192.0.2.2");
  EXPECT_EQ(document.text(), "\xef\xbb\xbf# head\r\n192.0.2.1\r\n192.0.2.2\r\n");
  ListDocument empty("");
  append(empty, "192.0.2.2");
  EXPECT_EQ(empty.text(), "192.0.2.2\n");
  ListDocument mark_alone("\xef\xbb\xbf");
  append(mark_alone, "192.0.2.2");
  EXPECT_EQ(mark_alone.text(),
            "\xef\xbb\xbf"
            "192.0.2.2\n");
}

TEST(ListDocument, RemovesLinesAndNothingElse) {
  ListDocument document(
      "\xef\xbb\xbf"
      "192.0.2.1\r\n\r\n# why\r\n192.0.2.2 # x\r\n192.0.2.3\r\n");
  document.remove(std::vector<std::uint32_t>{1, 4});
  EXPECT_EQ(document.text(), "\xef\xbb\xbf\r\n# why\r\n192.0.2.3\r\n");
}

TEST(ListDocument, AListIsNeverLeftWithNothingInIt) {
  ListDocument document("192.0.2.1\r\n");
  document.remove(std::vector<std::uint32_t>{1});
  EXPECT_EQ(document.text(), "# no entries\r\n");
}

TEST(ListDocument, ClearKeepsLinesOfCommentsAndBlankLines) {
  ListDocument document("# head\n192.0.2.1 # gone too\n\nnot an entry\n; tail\n");
  document.clear();
  EXPECT_EQ(document.text(), "# head\n\n; tail\n");
}

TEST(ListDocument, ChangesOnlyWhatIsToBeChanged) {
  const std::string before = "192.0.2.9\n\t 192.0.2.1   expires=2027-01-31T00:00:00Z  ; why \r\n";
  const auto changed = [&](const EntryChange& change) {
    ListDocument document(before);
    document.change(2, change);
    return document.text().substr(10);
  };
  EXPECT_EQ(changed({scope("192.0.2.0/28"), {}, {}}),
            "\t 192.0.2.0/28   expires=2027-01-31T00:00:00Z  ; why \r\n");
  EXPECT_EQ(changed({{}, std::optional<Time>(), {}}), "\t 192.0.2.1  ; why \r\n");
  EXPECT_EQ(changed({{}, parse_time("2028-01-31T00:00:00Z").value(), {}}),
            "\t 192.0.2.1 expires=2028-01-31T00:00:00Z  ; why \r\n");
  EXPECT_EQ(changed({{}, {}, "because"}),
            "\t 192.0.2.1   expires=2027-01-31T00:00:00Z # because\r\n");
  EXPECT_EQ(changed({{}, {}, ""}), "\t 192.0.2.1   expires=2027-01-31T00:00:00Z\r\n");
}

TEST(ListDocument, AMillionLinesAreEditedInAFewPasses) {
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) {
    text += "10." + std::to_string(i >> 16) + '.' + std::to_string(i >> 8 & 255) + '.' +
            std::to_string(i & 255) + '\n';
  }
  ListDocument document(text);
  EXPECT_THAT(lines_of(document, "10.15.66.63/32"), ElementsAre(1'000'000));
  append(document, "192.0.2.1");
  document.remove(std::vector<std::uint32_t>{1, 1'000'000});
  EXPECT_EQ(document.entries(), 999'999U);
  EXPECT_TRUE(document.text().ends_with("10.15.66.62\n192.0.2.1\n"));
}

}  // namespace
}  // namespace portcullis
