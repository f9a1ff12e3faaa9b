// Texts that are nearly right: no reader falls over, and none drops a line without a word.
#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/golden.h"
#include "tests/support/random_list.h"
#include "tests/support/seed.h"

#include "formats/format.h"
#include "formats/text_lines.h"

namespace portcullis::testing {
namespace {

constexpr int kMutations = 4000;

struct Format {
  std::string_view name;
  std::string_view comment_marks;
};
constexpr std::array kFormats = {
    Format{"native", "#;"},    Format{"trend", "#"}, Format{"symantec", ""}, Format{"imail", "#"},
    Format{"imail-kill", "#"}, Format{"csv", ""},    Format{"json", ""}};

std::vector<std::string> samples(std::string_view format) {
  const std::string folder = "formats/" + std::string(format);
  std::vector<std::string> texts;
  for (const std::string& name : golden::cases(folder, ".in")) {
    std::string text = golden::read_file(golden::data_folder() / folder / (name + ".in"));
    if (text.size() < 2000) texts.push_back(std::move(text));
  }
  return texts;
}

// `text` with a few bytes changed, lost, doubled or moved.
std::string mutated(std::string text, Random& random) {
  static const std::string kSpice =
      std::string("0123456789./:-[]{}%, \t\r\n;#=*@!_xXaf\"'\\\x1b\xc2\xa0\xff") + '\0';
  for (std::size_t n = 1 + below(4, random); n > 0; --n) {
    const std::size_t at = below(text.size() + 1, random);
    switch (below(4, random)) {
      case 0:
        text.insert(at, 1, one_of(kSpice, random));
        break;
      case 1:
        text.erase(at, 1 + below(3, random));
        break;
      case 2:
        if (at < text.size()) text[at] = one_of(kSpice, random);
        break;
      default:
        text.insert(at, text.substr(below(text.size() + 1, random), below(12, random)));
    }
  }
  return text;
}

// The lines that hold something.
std::set<std::uint32_t> lines_of(std::string_view text, std::string_view comment_marks) {
  std::set<std::uint32_t> numbers;
  TextLines lines(text);
  while (const auto line = lines.next()) {
    const bool blank = split_comment(line->text, comment_marks).content.empty();
    if (!blank) numbers.insert(line->number);
  }
  return numbers;
}

std::set<std::uint32_t> lines_of(const ListReading& reading) {
  std::set<std::uint32_t> numbers;
  for (const ListEntry& entry : reading.entries) numbers.insert(entry.line);
  for (const Diagnostic& diagnostic : reading.diagnostics.sorted()) numbers.insert(diagnostic.line);
  return numbers;
}

// A line may be silent only where a value goes over several: in quotes or in an array, and then
// something else has been said.
void expect_no_line_is_lost(const Format& format, const std::string& text,
                            const ListReading& reading) {
  const auto said = lines_of(reading);
  const bool spans = (format.name == "csv" && text.find('"') != std::string::npos) ||
                     (format.name == "json" && text.find('[') != std::string::npos);
  if (spans) return;
  for (const std::uint32_t line : lines_of(text, format.comment_marks)) {
    // The header of a table is the one line that is read and says nothing.
    const bool header = format.name == "csv" && line == *lines_of(text, "").begin();
    ASSERT_TRUE(header || said.contains(line)) << format.name << " line " << line << " of\n"
                                               << text;
  }
}

// What a reader has made is fit for writers: two that lose nothing bring it back.
void expect_fit_for_writing(const ListReading& reading) {
  std::vector<ListEntry> entries = reading.entries;
  const auto json = find_list_format("json");
  ASSERT_EQ(json->read(json->write(entries, {}).text, {}).entries, entries);
  for (ListEntry& entry : entries) entry.action.reset();
  const auto csv = find_list_format("csv");
  ASSERT_EQ(csv->read(csv->write(entries, {}).text, {}).entries, entries);
}

class Mutation : public ::testing::TestWithParam<Format> {};

TEST_P(Mutation, IsReadOrReportedLineByLine) {
  const Format format = GetParam();
  const auto texts = samples(format.name);
  for (const auto seed : seeds()) {
    Random random(seed);
    for (int i = 0; i < kMutations; ++i) {
      const std::string text = mutated(one_of(texts, random), random);
      ReadOptions options;
      options.strict = chance(20, random);
      const ListReading reading = find_list_format(format.name)->read(text, options);
      ASSERT_NO_FATAL_FAILURE(expect_no_line_is_lost(format, text, reading));
      ASSERT_NO_FATAL_FAILURE(expect_fit_for_writing(reading)) << text;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, Mutation, ::testing::ValuesIn(kFormats),
                         [](const auto& parameter) {
                           return golden::test_name(std::string(parameter.param.name));
                         });

TEST(JsonNesting, DoesNotExhaustTheStack) {
  const ListReading reading = find_list_format("json")->read(std::string(1'000'000, '['), {});
  EXPECT_TRUE(reading.entries.empty());
  EXPECT_TRUE(reading.diagnostics.has_errors());
}

}  // namespace
}  // namespace portcullis::testing
