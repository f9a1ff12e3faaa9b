// Texts that were damaged on the way: no reader crashes, and none loses a line without a word.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/golden.h"
#include "tests/support/prefix_sets.h"
#include "tests/support/seed.h"

#include "formats/format.h"
#include "formats/text_lines.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kFormats = {"drop", "netset", "ipset", "nft"};

// What hurts: bytes, and words of the formats.
const std::vector<std::string> kPieces = {"\n",
                                          "\r",
                                          std::string(1, '\0'),
                                          " ",
                                          "\t",
                                          "\"",
                                          "{",
                                          "}",
                                          "[",
                                          "]",
                                          ",",
                                          ";",
                                          "#",
                                          "/",
                                          "-",
                                          ":",
                                          "::",
                                          ".",
                                          "0",
                                          "9",
                                          "/0",
                                          "0.0.0.0/0",
                                          "\xff",
                                          "\xc2\xa0",
                                          "add ",
                                          "create ",
                                          "nomatch",
                                          "timeout ",
                                          "99999999999999999999",
                                          "-1",
                                          "1e9",
                                          "null",
                                          "elements = {",
                                          "\\\n",
                                          "; EOF",
                                          "{\"cidr\":1}",
                                          "[[[[[[[["};

std::vector<std::string> texts_of(std::string_view format) {
  std::vector<std::string> texts;
  for (const auto& file :
       fs::directory_iterator(golden::data_folder() / "formats" / std::string(format))) {
    if (file.path().extension() == ".in") texts.push_back(golden::read_file(file.path()));
  }
  std::ranges::sort(texts);
  return texts;
}

void damage(std::string& text, testing::Random& random) {
  const std::size_t at = testing::below(text.size() + 1, random);
  switch (testing::below(4, random)) {
    case 0:
      text.resize(at);
      break;
    case 1:
      text.erase(at, 1 + testing::below(8, random));
      break;
    case 2:
      text.insert(at, kPieces[testing::below(kPieces.size(), random)]);
      break;
    default:
      if (at < text.size()) text[at] = static_cast<char>(random());
  }
}

// Whether a line is meant to put something into the list.
bool is_entry(std::string_view format, std::string_view line) {
  if (format == "netset") return !line.empty() && line.front() != '#';
  if (format == "ipset") return line.starts_with("add ");
  if (line.starts_with('{')) return line.find("\"cidr\"") != std::string_view::npos;
  return !line.empty() && line.front() != ';';
}

// The lines that a reading says anything of; all of them, if it says that it stopped.
bool speaks_of(const ListReading& reading, std::uint32_t line) {
  if (std::ranges::find(reading.entries, line, &ListEntry::line) != reading.entries.end()) {
    return true;
  }
  return std::ranges::any_of(reading.diagnostics.sorted(), [&](const Diagnostic& diagnostic) {
    return diagnostic.line == line ||
           (diagnostic.line <= line && diagnostic.reason.find("nothing") != std::string::npos) ||
           diagnostic.reason.find("not read") != std::string::npos ||
           diagnostic.reason.find("this line replaces that one") != std::string::npos ||
           (diagnostic.line == 0 && diagnostic.severity == Severity::error) ||
           diagnostic.reason.find("only one list is read") != std::string::npos;
  });
}

void expect_no_line_lost(std::string_view format, const std::string& text) {
  const ListReading reading = find_list_format(format)->read(text, {});
  for (const ListEntry& entry : reading.entries) {
    const auto* network = std::get_if<IpPrefix>(&entry.listed);
    ASSERT_TRUE(network == nullptr || network->length() > 0) << text;
  }
  if (format == "nft") return;  // not of lines: see below
  TextLines lines(text);
  while (const auto line = lines.next()) {
    if (!is_entry(format, line->text)) continue;
    ASSERT_TRUE(speaks_of(reading, line->number)) << format << " line " << line->number << " of:\n"
                                                  << text << '\n'
                                                  << reading.diagnostics.format_all();
  }
}

TEST(DamagedTexts, AreReadWithoutLosingALine) {
  for (const std::uint64_t seed : testing::seeds()) {
    testing::Random random(seed);
    for (const std::string_view format : kFormats) {
      for (const std::string& whole : texts_of(format)) {
        for (int round = 0; round < 40; ++round) {
          std::string text = whole;
          for (std::size_t i = testing::below(3, random) + 1; i > 0; --i) damage(text, random);
          expect_no_line_lost(format, text);
        }
      }
    }
  }
}

// Elements of a set of nftables: each is an entry or an error.
TEST(DamagedTexts, LoseNoElementOfASet) {
  const std::string_view junk = "abcdef0123456789.:/-*! ";
  for (const std::uint64_t seed : testing::seeds()) {
    testing::Random random(seed);
    for (int round = 0; round < 2000; ++round) {
      std::string elements;
      for (int i = 1; i <= 5; ++i) {
        std::string element = fmt::format("192.0.2.{}", i);
        if (testing::below(2, random) == 0) {
          element[testing::below(element.size(), random)] =
              junk[testing::below(junk.size(), random)];
        }
        elements += element + (i < 5 ? ",\n" : "");
      }
      const std::string text =
          "table inet m {\n set s {\n type ipv4_addr\n elements = { " + elements + "\n}\n}\n}\n";
      const ListReading reading = find_list_format("nft")->read(text, {});
      ASSERT_GE(reading.entries.size() + reading.diagnostics.errors(), 5U)
          << text << reading.diagnostics.format_all();
    }
  }
}

// What makes a reader slow or deep: nothing here takes more than a moment.
TEST(DamagedTexts, AreReadHoweverDeepOrLongTheyAre) {
  const std::string deep(200'000, '[');
  std::string nested = "create s hash:net\n";
  for (int i = 0; i < 20'000; ++i) {
    nested +=
        fmt::format("add s 10.{}.{}.0/24{}\n", i / 256, i % 256, i % 2 == 0 ? "" : " nomatch");
  }
  nested += "add s 10.0.0.0/8\n";
  EXPECT_EQ(find_list_format("nft")->read("{\"nftables\":" + deep, {}).entries.size(), 0U);
  EXPECT_EQ(
      find_list_format("nft")->read("table x " + std::string(200'000, '{'), {}).entries.size(), 0U);
  EXPECT_EQ(find_list_format("drop")->read("{\"a\":" + deep + "\n", {}).entries.size(), 0U);
  EXPECT_EQ(find_list_format("netset")->read(deep, {}).entries.size(), 0U);
  EXPECT_GT(find_list_format("ipset")->read(nested, {}).entries.size(), 20'000U);
}

}  // namespace
}  // namespace portcullis
