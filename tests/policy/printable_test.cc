#include "policy/printable.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace portcullis {
namespace {

TEST(Printable, KeepsPrintableAscii) {
  EXPECT_EQ(printable("mx.example.com ~\\\"", 100), "mx.example.com ~\\\"");
  EXPECT_EQ(printable("", 100), "");
}

TEST(Printable, EscapesEveryOtherByte) {
  EXPECT_EQ(printable("a\r\n\t\x1b[2J\x7f\xff", 100), "a\\x0d\\x0a\\x09\\x1b[2J\\x7f\\xff");
  EXPECT_EQ(printable(std::string_view("\0", 1), 100), "\\x00");
}

TEST(Printable, CutsLongText) {
  EXPECT_EQ(printable("0123456789", 10), "0123456789");
  EXPECT_EQ(printable("0123456789a", 10), "0123456...");
}

TEST(Printable, NeverCutsInsideAnEscape) {
  EXPECT_EQ(printable("12345\n78901", 10), "12345...");
  EXPECT_EQ(printable("123\n8901234", 10), "123\\x0a...");
}

TEST(Printable, FitsWhereNotEvenTheDotsFit) {
  EXPECT_EQ(printable("abcdef", 2), "..");
  EXPECT_EQ(printable("abcdef", 0), "");
}

TEST(Printable, IsAlwaysPrintableAndNeverTooLong) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 64, '\0');
    std::ranges::generate(text, [&] { return static_cast<char>(random()); });
    const std::size_t limit = random() % 80;
    const std::string shown = printable(text, limit);
    ASSERT_LE(shown.size(), limit);
    ASSERT_TRUE(std::ranges::all_of(shown, [](char c) { return c >= 0x20 && c <= 0x7e; }));
    ASSERT_EQ(printable(shown, limit), shown) << "escaping twice changes nothing";
  }
}

}  // namespace
}  // namespace portcullis
