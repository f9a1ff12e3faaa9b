#include "editing/whole_file.h"

#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/golden.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class WholeFile : public ::testing::Test {
 protected:
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  std::string path(const std::string& name) const { return folder_.path() / name; }

  static mode_t mode_of(const std::string& path) {
    struct stat state {};
    EXPECT_EQ(::stat(path.c_str(), &state), 0) << path;
    return state.st_mode & 07777;
  }

  const golden::ScratchFolder folder_;
};

TEST_F(WholeFile, IsWrittenAnewByTheUmask) {
  const mode_t before = ::umask(027);
  ASSERT_TRUE(write_whole_file(path("new"), "text"));
  ASSERT_TRUE(write_whole_file(path("secret"), "text", 0600));
  ::umask(before);
  EXPECT_EQ(golden::read_file(path("new")), "text");
  EXPECT_EQ(mode_of(path("new")), 0640U);
  EXPECT_EQ(mode_of(path("secret")), 0600U);
  EXPECT_THAT(names(), UnorderedElementsAre("new", "secret"));
}

// What is replaced is not read: whatever it holds is fine.
TEST_F(WholeFile, TakesThePlaceOfAnyOtherAndItsMode) {
  const std::string file = folder_.file("old", std::string("\0no line end", 12));
  ASSERT_EQ(::chmod(file.c_str(), 0664), 0);
  ASSERT_TRUE(write_whole_file(file, "new\n"));
  EXPECT_EQ(golden::read_file(file), "new\n");
  EXPECT_EQ(mode_of(file), 0664U);
  ASSERT_TRUE(write_whole_file(file, "password\n", 0600));
  EXPECT_EQ(mode_of(file), 0600U);
  EXPECT_THAT(names(), ElementsAre("old"));
}

TEST_F(WholeFile, RemovesWhatOneThatWasKilledHasLeft) {
  folder_.file(".list.new", "half");
  ASSERT_TRUE(write_whole_file(path("list"), "whole\n"));
  EXPECT_THAT(names(), ElementsAre("list"));
}

TEST_F(WholeFile, IsWrittenWhereALinkLeads) {
  const std::string file = folder_.file("file", "old\n");
  fs::create_symlink("file", path("link"));
  fs::create_symlink("nowhere", path("dangling"));
  ASSERT_TRUE(write_whole_file(path("link"), "new\n"));
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(golden::read_file(file), "new\n");
  EXPECT_THAT(write_whole_file(path("dangling"), "new\n").error().repair,
              HasSubstr("leads nowhere"));
}

TEST_F(WholeFile, RefusesWhatCannotBeReplaced) {
  const std::string file = folder_.file("file", "old\n");
  fs::create_hard_link(file, path("other"));
  EXPECT_THAT(write_whole_file(file, "new\n").error().reason, HasSubstr("has 2 names"));
  EXPECT_EQ(golden::read_file(file), "old\n");
  fs::create_directory(path("folder"));
  EXPECT_THAT(write_whole_file(path("folder"), "new\n").error().reason,
              HasSubstr("not a regular file"));
  EXPECT_THAT(write_whole_file(path("no/such"), "new\n").error().repair,
              HasSubstr("make the folder"));
  EXPECT_THAT(names(), UnorderedElementsAre("file", "other", "folder"));
}

// In a child, whose files may not grow beyond 100 bytes.
TEST_F(WholeFile, LeavesNothingOfATextThatDoesNotFit) {
  const std::string old = folder_.file("old", "old\n");
  for (const std::string& file : {old, path("new")}) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{100, 100};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      const auto done = write_whole_file(file, std::string(1000, 'x'));
      ::_exit(!done && done.error().repair.find("ulimit -f") != std::string::npos ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0) << file;
  }
  EXPECT_EQ(golden::read_file(old), "old\n");
  EXPECT_THAT(names(), ElementsAre("old"));
}

}  // namespace
}  // namespace portcullis
