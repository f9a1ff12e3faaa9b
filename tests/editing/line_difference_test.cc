#include "editing/line_difference.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/mta/support/child_process.h"
#include "tests/support/golden.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

std::string numbered(int from, int to) {
  std::string text;
  for (int i = from; i <= to; ++i) text += fmt::format("line {}\n", i);
  return text;
}

// What diff(1) says, under the same names.
std::string by_diff(const std::string& before, const std::string& after) {
  const golden::ScratchFolder folder;
  return testing::run_command({"diff", "-u", "--label", "f", "--label", "f",
                               folder.file("a", before), folder.file("b", after)})
      .output;
}

TEST(LineDifference, IsThatOfDiff) {
  const std::string text = numbered(1, 40);
  const std::string changed = numbered(1, 4) + "x\n" + numbered(6, 20) + numbered(23, 40) + "end\n";
  const std::pair<std::string, std::string> cases[] = {
      {text, changed},
      {changed, text},
      {"", "a\n"},
      {"a\n", ""},
      {"a", "a\n"},
      {"a\nb", "a\nc"},
      {text, "first\n" + text},
      {text, text + "no end"},
      {numbered(1, 7), "x\n" + numbered(2, 7) + "y\n"},
      {numbered(1, 8), "x\n" + numbered(2, 8) + "y\n"},
      {numbered(1, 6), "x\n" + numbered(2, 6) + "y\n"}};
  for (const auto& [before, after] : cases) {
    EXPECT_EQ(line_difference(before, after, "f"), by_diff(before, after));
  }
  EXPECT_EQ(line_difference(text, text, "f"), "");
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size(); at += lines.back().size()) {
    lines.push_back(text.substr(at, std::min(text.find('\n', at), text.size() - 1) + 1 - at));
  }
  return lines;
}

// What patch(1) does, and it believes nothing: every line must be where the hunk says.
std::string patched(const std::string& before, const std::string& difference) {
  const auto old_lines = lines_of(before);
  auto steps = lines_of(difference);
  std::string text;
  std::size_t at = 0;  // in old_lines
  for (std::size_t i = 2; i < steps.size(); ++i) {
    std::string step = steps[i];
    if (i + 1 < steps.size() && steps[i + 1].starts_with('\\')) step.pop_back();
    if (step[0] == '@') {
      const auto start = std::stoul(step.substr(step.find('-') + 1));
      const bool is_empty = step.substr(0, step.find('+')).find(",0") != std::string::npos;
      while (at < start - (is_empty ? 0 : 1)) text += old_lines.at(at++);
    } else if (step[0] == '+') {
      text += step.substr(1);
    } else if (step[0] != '\\') {
      EXPECT_EQ(old_lines.at(at++), step.substr(1)) << difference;
      if (step[0] == ' ') text += step.substr(1);
    }
  }
  while (at < old_lines.size()) text += old_lines[at++];
  return text;
}

TEST(LineDifference, LeadsFromOneTextToTheOther) {
  for (const std::uint64_t seed : testing::seeds()) {
    std::mt19937_64 random(seed);
    const auto any_text = [&] {
      std::string text;
      for (std::size_t n = random() % 30; n > 0; --n) text += fmt::format("{}\n", random() % 6);
      if (random() % 3 == 0 && !text.empty()) text.pop_back();
      return text;
    };
    for (int i = 0; i < 2000; ++i) {
      const std::string before = any_text();
      const std::string after = any_text();
      ASSERT_EQ(patched(before, line_difference(before, after, "f")), after) << before;
    }
  }
}

TEST(LineDifference, TooManyDifferencesAreToldWhole) {
  const std::string before = numbered(1, 2000);
  const std::string after = numbered(5001, 7000);
  const std::string difference = line_difference("same\n" + before, "same\n" + after, "f");
  EXPECT_TRUE(difference.starts_with("--- f\n+++ f\n@@ -1,2001 +1,2001 @@\n same\n-line 1\n"));
  EXPECT_TRUE(difference.ends_with("+line 7000\n"));
}

}  // namespace
}  // namespace portcullis
