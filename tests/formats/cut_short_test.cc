// read_as(): texts that end within a line.
#include <string>

#include <gtest/gtest.h>

#include "tests/support/golden.h"

#include "formats/format.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

ListReading read(std::string_view format, std::string_view text) {
  return read_as(*find_list_format(format), text, {});
}

TEST(ReadAs, TakesATextThatEndsWithinALineForCutShort) {
  for (const ListFormat& format : list_formats()) {
    if (format.ends_itself) continue;
    for (const auto& file :
         fs::directory_iterator(golden::data_folder() / "formats" / format.name)) {
      std::string text = golden::read_file(file.path());
      while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
      if (file.path().extension() != ".in" || text.empty()) continue;
      const std::string place = file.path();
      EXPECT_TRUE(read_as(format, text, {}).feed.cut_short) << place;
      EXPECT_FALSE(read_as(format, text + '\n', {}).feed.cut_short) << place;
      EXPECT_FALSE(read_as(format, text + "\r\n", {}).feed.cut_short) << place;
    }
  }
}

TEST(ReadAs, SaysWhichLineItIs) {
  const ListReading reading = read("native", "45.9.0.0/24\n128.0.0.0/2");
  EXPECT_EQ(reading.entries.size(), 2U);
  ASSERT_EQ(reading.diagnostics.warnings(), 1U);
  const Diagnostic said = reading.diagnostics.sorted().front();
  EXPECT_EQ(said.line, 2U);
  EXPECT_EQ(said.culprit, "128.0.0.0/2");
}

TEST(ReadAs, TakesALineEndOfAnySystem) {
  for (const std::string_view text : {"", "10.0.0.1\n", "10.0.0.1\r\n", "10.0.0.1\r"}) {
    EXPECT_FALSE(read("native", text).feed.cut_short) << text;
  }
}

TEST(ReadAs, LeavesItToAFormatThatEndsItself) {
  EXPECT_FALSE(read("json", "[\"10.0.0.1\"]").feed.cut_short);
  EXPECT_FALSE(read("drop", "10.1.0.0/16 ; SBL1\n; EOF").feed.cut_short);
  const std::string set =
      "table inet m {\n set s {\n type ipv4_addr\n elements = { 10.0.0.1 }\n}\n}";
  EXPECT_FALSE(read("nft", set).feed.cut_short);
  EXPECT_TRUE(read("nft", set.substr(0, set.size() - 4)).feed.cut_short);
}

}  // namespace
}  // namespace portcullis
