#include "contrib/saslauthd_password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;

TEST(SaslauthdPasswordTest, IsTheFirstLine) {
  const ScratchDirectory files("password");
  for (const char* text : {"se cret", "se cret\n", "se cret\r\n", "se cret\nmore\n"}) {
    const auto found = read_saslauthd_password(files.write("password", text));
    ASSERT_TRUE(found.has_value()) << text;
    EXPECT_EQ(*found, "se cret");
  }
}

TEST(SaslauthdPasswordTest, WhatWouldBeCutShortIsRefusedWithTheRepair) {
  const ScratchDirectory files("password");
  for (const char* text : {"", "\nsearch\n", " search\n", "search \n", "s\xc3\xa9same\n"}) {
    const auto found = read_saslauthd_password(files.write("password", text));
    ASSERT_FALSE(found.has_value()) << text;
    EXPECT_THAT(found.error().reason, HasSubstr("has no password in its first line")) << text;
    EXPECT_THAT(found.error().repair, HasSubstr("printable ASCII")) << text;
  }
}

TEST(SaslauthdPasswordTest, AFileThatIsNotThereSaysSo) {
  const ScratchDirectory files("password");
  const auto found = read_saslauthd_password(files / "none");
  ASSERT_FALSE(found.has_value());
  EXPECT_THAT(found.error().reason, HasSubstr("No such file"));
}

}  // namespace
}  // namespace portcullis::testing
