#include "config/time_text.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace portcullis {
namespace {

TEST(TimeText, BringsBackWhatWasRead) {
  // The nanoseconds of a std::chrono::system_clock end in 1677 and 2262.
  for (const std::string text :
       {"0000-01-01T00:00:00Z", "1600-02-29T12:34:56Z", "1970-01-01T00:00:00Z",
        "2027-01-31T23:59:59Z", "2262-04-12T00:00:00Z", "6027-01-31T00:00:00Z",
        "9999-12-31T23:59:59Z"}) {
    const auto time = parse_time(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(time_text(*time), text);
  }
}

TEST(TimeText, TakesNothingElse) {
  for (const std::string text :
       {"", "2027-01-31", "2027-01-31T00:00:00", "2027-1-31T00:00:00Z", "2027-02-29T00:00:00Z",
        "2027-01-31T24:00:00Z", "2027-01-31T00:00:60Z", "2027-01-31T00:00:00+00:00"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

}  // namespace
}  // namespace portcullis
