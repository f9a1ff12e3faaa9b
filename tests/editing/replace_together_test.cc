#include "editing/replace_together.h"

#include <array>
#include <filesystem>

#include <gmock/gmock.h>

#include "tests/support/golden.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class ReplaceTogether : public ::testing::Test {
 protected:
  static EditedFile open(const std::string& path) {
    return EditedFile::open(path, TextFileKind::list).value();
  }
  static std::string text(const std::string& path) { return golden::read_file(path); }

  // With "new first" and "new second".
  static tl::expected<void, ReplacementProblem> replace(EditedFile& first, EditedFile& second) {
    const std::array<Replacement, 2> both = {{{&first, "192.0.2.11\n"}, {&second, "192.0.2.12\n"}}};
    return replace_together(both);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  const golden::ScratchFolder folder_;
  const std::string first_ = folder_.file("a.list", "192.0.2.1\n");
  const std::string second_ = folder_.file("b.list", "192.0.2.2\n");
};

TEST_F(ReplaceTogether, AllGetTheirTextAndKeepTheVersionBefore) {
  {
    EditedFile first = open(first_);
    EditedFile second = open(second_);
    ASSERT_TRUE(replace(first, second));
    EXPECT_EQ(second.text(), "192.0.2.12\n");
  }
  EXPECT_EQ(text(first_), "192.0.2.11\n");
  EXPECT_EQ(text(second_), "192.0.2.12\n");
  EXPECT_EQ(text(first_ + '~'), "192.0.2.1\n");
  EXPECT_EQ(text(second_ + '~'), "192.0.2.2\n");
  EXPECT_THAT(names(), UnorderedElementsAre("a.list", "a.list~", "b.list", "b.list~"));
}

TEST_F(ReplaceTogether, NothingIsTouchedIfOneCannotBeWritten) {
  const fs::path in_the_way = folder_.path() / ".b.list.new" / "not empty";
  fs::create_directories(in_the_way);
  {
    EditedFile first = open(first_);
    EditedFile second = open(second_);
    const auto done = replace(first, second);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().path, second.path());
    EXPECT_THAT(done.error().problem.reason, EndsWith("; the file is as it was"));
  }
  EXPECT_EQ(text(first_), "192.0.2.1\n");
  EXPECT_EQ(text(second_), "192.0.2.2\n");
  EXPECT_THAT(names(), UnorderedElementsAre("a.list", "b.list", ".b.list.new"));
}

TEST_F(ReplaceTogether, WhatHasItsNameIsTakenBackIfAnotherCannotTakeIt) {
  {
    EditedFile first = open(first_);
    EditedFile second = open(second_);
    golden::write_file(second_, "192.0.2.222\n");
    const auto done = replace(first, second);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().path, second.path());
    EXPECT_THAT(done.error().problem.reason, HasSubstr("was changed by someone else meanwhile"));
    EXPECT_EQ(first.text(), "192.0.2.1\n");
  }
  EXPECT_EQ(text(first_), "192.0.2.1\n");
  EXPECT_EQ(text(second_), "192.0.2.222\n");
}

}  // namespace
}  // namespace portcullis
