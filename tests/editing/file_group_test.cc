// Files that are replaced together.

#include "editing/file_group.h"

#include <filesystem>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Group : public ::testing::Test {
 protected:
  FileGroup open() const {
    auto group = FileGroup::open({{key_, 0600, 0640}, {certificate_, 0644, 0644}}, 50);
    EXPECT_TRUE(group.has_value()) << format(group.error());
    return *std::move(group);
  }
  void write_old(mode_t key_mode = 0600) const {
    scratch_.write("key", "old key\n");
    scratch_.write("certificate", "old certificate\n");
    ::chmod(key_.c_str(), key_mode);
  }
  static mode_t mode_of(const std::string& path) {
    struct stat state {};
    EXPECT_EQ(::stat(path.c_str(), &state), 0) << path;
    return state.st_mode & 07777;
  }
  std::set<std::string> names() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(scratch_.path())) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

  const ScratchDirectory scratch_{"group"};
  const std::string key_ = scratch_ / "key";
  const std::string certificate_ = scratch_ / "certificate";
};

TEST_F(Group, NewFilesGetTheirModes) {
  EXPECT_TRUE(open().replace({"k\n", "c\n"}).value());
  EXPECT_EQ(mode_of(key_), 0600U);
  EXPECT_EQ(mode_of(certificate_), 0644U);
  EXPECT_EQ(names(), (std::set<std::string>{"key", "certificate"}));
}

TEST_F(Group, OldFilesAreKeptAndGiveTheirAttributes) {
  write_old(0640);
  ASSERT_EQ(::chown(key_.c_str(), ::geteuid() == 0 ? 1234 : ::geteuid(), ::getegid()), 0);
  EXPECT_TRUE(open().replace({"k\n", "c\n"}).value());
  EXPECT_EQ(read_file(key_), "k\n");
  EXPECT_EQ(read_file(certificate_), "c\n");
  EXPECT_EQ(read_file(previous_of(key_)), "old key\n");
  EXPECT_EQ(read_file(previous_of(certificate_)), "old certificate\n");
  EXPECT_EQ(mode_of(key_), 0640U);
  EXPECT_EQ(mode_of(previous_of(key_)), 0640U);
  struct stat state {};
  ::stat(key_.c_str(), &state);
  EXPECT_EQ(state.st_uid, ::geteuid() == 0 ? 1234U : ::geteuid());
  EXPECT_EQ(names(),
            (std::set<std::string>{"key", "certificate", "key.previous", "certificate.previous"}));
}

TEST_F(Group, AnOpenKeyIsClosed) {
  write_old(0666);
  EXPECT_TRUE(open().replace({"old key\n", "old certificate\n"}).value());
  EXPECT_EQ(mode_of(key_), 0640U);
}

TEST_F(Group, EqualFilesAreNotTouched) {
  write_old();
  struct stat before {};
  ::stat(key_.c_str(), &before);
  EXPECT_FALSE(open().replace({"old key\n", "old certificate\n"}).value());
  EXPECT_EQ(names(), (std::set<std::string>{"key", "certificate"}));
  // One that stays is kept as previous too: the two before were one set.
  EXPECT_TRUE(open().replace({"old key\n", "c\n"}).value());
  struct stat after {};
  ::stat(key_.c_str(), &after);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_EQ(read_file(previous_of(key_)), "old key\n");
  EXPECT_EQ(read_file(previous_of(certificate_)), "old certificate\n");
}

TEST_F(Group, ALinkIsNotWrittenThrough) {
  scratch_.write("theirs", "theirs\n");
  fs::create_symlink("theirs", key_);
  const auto group = FileGroup::open({{key_}, {certificate_}});
  ASSERT_FALSE(group);
  EXPECT_EQ(group.error().code, "target-is-link");
  EXPECT_EQ(read_file(scratch_ / "theirs"), "theirs\n");
}

TEST_F(Group, OneAtATime) {
  const FileGroup first = open();
  const auto second = FileGroup::open({{certificate_, 0644, 0644}}, 50);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().reason, HasSubstr("is being edited by process "));
}

TEST_F(Group, WhatWasKilledBehindTheMarkIsFinished) {
  write_old();
  scratch_.write(".key.new", "k\n");
  scratch_.write(".certificate.new", "c\n");
  scratch_.write(".certificate.installing", "");
  EXPECT_TRUE(open().has_finished_another());
  EXPECT_EQ(read_file(key_), "k\n");
  EXPECT_EQ(read_file(certificate_), "c\n");
  EXPECT_EQ(names(), (std::set<std::string>{"key", "certificate"}));
}

TEST_F(Group, WhatWasKilledBeforeTheMarkIsForgotten) {
  write_old();
  scratch_.write(".key.new", "k\n");
  EXPECT_FALSE(open().has_finished_another());
  EXPECT_EQ(read_file(key_), "old key\n");
  EXPECT_EQ(names(), (std::set<std::string>{"key", "certificate"}));
}

TEST_F(Group, AFolderThatIsNotThereIsNamed) {
  const auto group = FileGroup::open({{scratch_ / "no/key"}});
  ASSERT_FALSE(group);
  EXPECT_EQ(group.error().repair, "make the folder " + (scratch_ / "no").string());
}

}  // namespace
}  // namespace portcullis::testing
