// --format auto: the formats that a text can be of.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/golden.h"

#include "formats/format.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> fitting(const std::string& text) {
  std::vector<std::string> names;
  for (const ListFormat* format : formats_that_fit(text, {})) names.emplace_back(format->name);
  return names;
}

bool is_among(std::string_view name, const std::vector<std::string>& names) {
  return std::ranges::find(names, name) != names.end();
}

// All the samples of the golden tests that need no options.
struct Sample {
  const ListFormat* format;
  std::string path;
  std::string text;
};
std::vector<Sample> samples() {
  std::vector<Sample> found;
  for (const ListFormat& format : list_formats()) {
    const fs::path folder = golden::data_folder() / "formats" / format.name;
    if (!fs::exists(folder)) continue;
    for (const auto& file : fs::directory_iterator(folder)) {
      if (file.path().extension() != ".in") continue;
      std::string text = golden::read_file(file.path());
      if (text.starts_with("#options:") || text.starts_with("#cut-options:")) continue;
      found.push_back({&format, file.path(), std::move(text)});
    }
  }
  return found;
}

TEST(FormatsThatFit, NamesAFormatExactlyIfItReadsAllWithoutRepair) {
  std::size_t fit = 0;
  for (const Sample& sample : samples()) {
    const std::vector<std::string> names = fitting(sample.text);
    const ListReading reading = sample.format->read(sample.text, {});
    const bool whole = !reading.entries.empty() && reading.diagnostics.errors() == 0 &&
                       reading.diagnostics.warnings() == 0;
    EXPECT_EQ(is_among(sample.format->name, names), whole) << sample.path;
    fit += whole ? 1 : 0;
  }
  EXPECT_GT(fit, 20U);
}

TEST(FormatsThatFit, FindsTheOnlyOneOfTextsThatNoOtherReads) {
  for (const std::string name : {"drop/json", "ipset/save", "ipset/two_families", "nft/list",
                                 "nft/json_list", "nft/halves_of_one_list"}) {
    const std::string text = golden::read_file(golden::data_folder() / "formats" / (name + ".in"));
    EXPECT_EQ(fitting(text), std::vector{name.substr(0, name.find('/'))}) << name;
  }
}

TEST(FormatsThatFit, NamesTheCandidatesOfAPlainList) {
  const auto names = fitting("192.0.2.1\n198.51.100.0/24\n");
  EXPECT_TRUE(is_among("native", names));
  EXPECT_TRUE(is_among("netset", names));
  EXPECT_TRUE(is_among("rspamd", names));
  EXPECT_FALSE(is_among("drop", names));
  EXPECT_FALSE(is_among("ipset", names));
  EXPECT_FALSE(is_among("nft", names));
}

TEST(FormatsThatFit, DoesNotChooseBetweenAFeedAndAPlainListWithComments) {
  const auto names = fitting("; Spamhaus DROP List\n192.0.2.0/24 ; SBL1\n; EOF\n");
  EXPECT_TRUE(is_among("native", names));
  EXPECT_TRUE(is_among("drop", names));
}

// That of rspamd takes what stands behind an address for a comment, if need be.
TEST(FormatsThatFit, DoesNotTakeNetworksAndActionsOfOthersForComments) {
  for (const std::string text :
       {"192.168.10.1 - 192.168.10.50\n", "# Control Access\n192.168.3.1 255.255.255.128\n",
        "192.168.2.0 : 255.255.255.0\n", "10.20.0.0 /16\n",
        "10.30.0.0/16\tREJECT\n198.51.100.7\tOK\n10.40.0.0/16\t450 4.7.1 later\n"}) {
    EXPECT_FALSE(is_among("rspamd", fitting(text))) << text;
  }
}

TEST(FormatsThatFit, NamesNoneForAnEmptyText) {
  EXPECT_TRUE(fitting("").empty());
  EXPECT_TRUE(fitting("# nothing\n").empty());
}

}  // namespace
}  // namespace portcullis
