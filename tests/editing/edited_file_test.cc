#include "editing/edited_file.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <random>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/golden.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class EditedFileTest : public ::testing::Test {
 protected:
  EditedFile open() const { return EditedFile::open(path_, TextFileKind::list).value(); }
  std::string text() const { return golden::read_file(path_); }
  std::string previous() const { return golden::read_file(path_ + '~'); }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  struct stat status() const {
    struct stat status {};
    EXPECT_EQ(::stat(path_.c_str(), &status), 0);
    return status;
  }

  const golden::ScratchFolder folder_;
  const std::string path_ = folder_.file("a.list", "192.0.2.1\n");
};

TEST_F(EditedFileTest, ReplacesAndKeepsTheVersionBefore) {
  {
    EditedFile file = open();
    EXPECT_EQ(file.text(), "192.0.2.1\n");
    EXPECT_EQ(file.previous(), std::nullopt);
    ASSERT_TRUE(file.replace("192.0.2.2\n"));
    EXPECT_EQ(file.text(), "192.0.2.2\n");
    EXPECT_EQ(file.previous(), "192.0.2.1\n");
    EXPECT_EQ(text(), "192.0.2.2\n");
    ASSERT_TRUE(file.replace("192.0.2.3\n"));
    EXPECT_EQ(file.previous(), "192.0.2.2\n");
  }
  EXPECT_EQ(text(), "192.0.2.3\n");
  EXPECT_EQ(previous(), "192.0.2.2\n");
  EXPECT_THAT(names(), UnorderedElementsAre("a.list", "a.list~"));
}

TEST_F(EditedFileTest, UndoTwiceIsTheFileAgain) {
  ASSERT_TRUE(open().replace("192.0.2.2\n"));
  ASSERT_TRUE(open().undo());
  EXPECT_EQ(text(), "192.0.2.1\n");
  EXPECT_EQ(previous(), "192.0.2.2\n");
  EditedFile file = open();
  ASSERT_TRUE(file.undo());
  EXPECT_EQ(file.text(), "192.0.2.2\n");
  EXPECT_EQ(text(), "192.0.2.2\n");
}

TEST_F(EditedFileTest, NothingIsUndoneBeforeTheFirstEdit) {
  const auto undone = open().undo();
  ASSERT_FALSE(undone);
  EXPECT_THAT(undone.error().reason, HasSubstr("no version before"));
  EXPECT_EQ(text(), "192.0.2.1\n");
}

TEST_F(EditedFileTest, KeepsOwnerGroupAndMode) {
  ASSERT_EQ(::chown(path_.c_str(), 1234, 5678), 0) << "this test needs root";
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  ASSERT_TRUE(open().replace("192.0.2.2\n"));
  EXPECT_EQ(status().st_uid, 1234U);
  EXPECT_EQ(status().st_gid, 5678U);
  EXPECT_EQ(status().st_mode & 07777, 0640U);
}

TEST_F(EditedFileTest, UndoKeepsTheOwnerAndModeOfToday) {
  ASSERT_TRUE(open().replace("192.0.2.2\n"));
  ASSERT_EQ(::chown(path_.c_str(), 1234, 5678), 0);
  ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);
  ASSERT_TRUE(open().undo());
  EXPECT_EQ(text(), "192.0.2.1\n");
  EXPECT_EQ(status().st_uid, 1234U);
  EXPECT_EQ(status().st_mode & 07777, 0600U);
}

TEST_F(EditedFileTest, EditsWhatASymbolicLinkLeadsTo) {
  const std::string link = (folder_.path() / "link.list").string();
  fs::create_symlink("a.list", link);
  {
    EditedFile file = EditedFile::open(link, TextFileKind::list).value();
    EXPECT_EQ(file.path(), fs::canonical(path_));
    ASSERT_TRUE(file.replace("192.0.2.2\n"));
  }
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(text(), "192.0.2.2\n");
  EXPECT_THAT(names(), UnorderedElementsAre("a.list", "a.list~", "link.list"));
}

TEST_F(EditedFileTest, RefusesHardLinksAndWhatIsNoFile) {
  const auto refusal = [](const std::string& path) {
    const auto file = EditedFile::open(path, TextFileKind::list);
    return file ? "" : file.error().reason;
  };
  fs::create_hard_link(path_, folder_.path() / "other.list");
  EXPECT_THAT(refusal(path_), HasSubstr("has 2 names"));
  EXPECT_THAT(refusal(folder_.path().string()), HasSubstr("a directory"));
  const std::string fifo = (folder_.path() / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(refusal(fifo), HasSubstr("a FIFO"));
}

TEST_F(EditedFileTest, AFileThatIsNotThereIsNotMade) {
  const std::string path = (folder_.path() / "none.list").string();
  const auto file = EditedFile::open(path, TextFileKind::list);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().repair, "create it: touch " + path);
  EXPECT_THAT(names(), ElementsAre("a.list"));
}

TEST_F(EditedFileTest, AnEmptyFileMayBeFilled) {
  const std::string path = folder_.file("empty.list", "");
  ASSERT_TRUE(EditedFile::open(path, TextFileKind::list).value().replace("192.0.2.1\n"));
  EXPECT_EQ(golden::read_file(path), "192.0.2.1\n");
}

TEST_F(EditedFileTest, AListThatMayHaveBeenCutShortIsNotEdited) {
  const std::string path = folder_.file("cut.list", "192.0.2.1\n192.0.2");
  EXPECT_FALSE(EditedFile::open(path, TextFileKind::list));
  EXPECT_TRUE(EditedFile::open(path, TextFileKind::policy));
}

TEST_F(EditedFileTest, OneEditAtATime) {
  std::optional<EditedFile> first = open();
  const auto second = EditedFile::open(path_, TextFileKind::list, 20);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "is being edited by process " + std::to_string(::getpid()) +
                                       ", which did not end within 20 ms");
  EXPECT_THAT(second.error().repair, HasSubstr("has ended, or end it"));
  first.reset();
  EXPECT_TRUE(EditedFile::open(path_, TextFileKind::list, 0));
}

TEST_F(EditedFileTest, TheLockIsForItsOwnerAlone) {
  const EditedFile file = open();
  const auto lock = fs::status(folder_.path() / ".a.list.lock");
  EXPECT_EQ(lock.permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(EditedFileTest, RemovesWhatAKilledEditHasLeft) {
  folder_.file(".a.list.new", "192.0.");
  folder_.file(".a.list.old", "192.0.2.1\n");
  folder_.file(".a.list.lock", "1\n");
  fs::create_hard_link(path_, path_ + '~');  // killed between its last two steps
  {
    EditedFile file = open();
    EXPECT_EQ(file.previous(), std::nullopt);
    ASSERT_TRUE(file.replace("192.0.2.2\n"));
  }
  EXPECT_THAT(names(), UnorderedElementsAre("a.list", "a.list~"));
  EXPECT_EQ(previous(), "192.0.2.1\n");
}

TEST_F(EditedFileTest, DoesNotUndoWhatSomeoneWroteWithoutTheLock) {
  EditedFile file = open();
  folder_.file("a.list", "198.51.100.1\n");
  const auto replaced = file.replace("192.0.2.2\n");
  ASSERT_FALSE(replaced);
  EXPECT_THAT(replaced.error().reason, HasSubstr("changed by someone else"));
  EXPECT_EQ(text(), "198.51.100.1\n");
  EXPECT_THAT(names(), UnorderedElementsAre("a.list", ".a.list.lock"));
}

// Edits the file for ever, by replace() and undo() in turn; ends if one of them fails.
[[noreturn]] void edit_without_end(const std::string& path, const std::string& a,
                                   const std::string& b) {
  for (bool undo = false;; undo = !undo) {
    auto file = EditedFile::open(path, TextFileKind::list);
    if (!file) ::_exit(1);
    const bool can_undo = undo && file->previous();
    if (!(can_undo ? file->undo() : file->replace(file->text() == a ? b : a))) ::_exit(2);
  }
}

TEST_F(EditedFileTest, WheneverItIsKilledTheFileIsWhole) {
  std::string a;
  std::string b;
  for (int i = 0; i < 5000; ++i) a += "192.0.2.1\n";
  for (int i = 0; i < 9000; ++i) b += "198.51.100.1\n";
  folder_.file("a.list", a);
  std::mt19937_64 random(portcullis::testing::seeds().back());
  for (int i = 0; i < 150; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) edit_without_end(path_, a, b);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 10'000));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "ended by itself: " << WEXITSTATUS(status);
    ASSERT_TRUE(text() == a || text() == b) << "kill " << i;
    ASSERT_TRUE(!fs::exists(path_ + '~') || previous() == a || previous() == b) << "kill " << i;
  }
  ASSERT_TRUE(open().replace(a));
  EXPECT_THAT(names(), UnorderedElementsAre("a.list", "a.list~"));
}

}  // namespace
}  // namespace portcullis
