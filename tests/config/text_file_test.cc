#include "config/text_file.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/policy_file.h"
#include "tests/support/golden.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;
using golden::ScratchFolder;
using testing::HasSubstr;

std::string reason(const std::string& path, TextFileKind kind = TextFileKind::list) {
  const auto file = read_text_file(path, kind);
  return file ? "none" : file.error().problem.reason;
}

TEST(TextFile, IsReadWhole) {
  const ScratchFolder folder;
  const std::string text = std::string(300'000, 'x') + "\nend\n";
  const auto file = read_text_file(folder.file("a", text), TextFileKind::list);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->text, text);
  EXPECT_FALSE(file->others_may_write);
}

TEST(TextFile, ThatIsAFifoIsRefusedWithoutWaiting) {
  const ScratchFolder folder;
  const std::string path = folder.path() / "fifo";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(reason(path), "is a FIFO");
}

TEST(TextFile, ThatIsADeviceOrAFolderIsRefused) {
  EXPECT_EQ(reason("/dev/zero"), "is a device");
  EXPECT_EQ(reason("/dev/null"), "is a device");
  EXPECT_EQ(reason("/"), "is a directory");
}

TEST(TextFile, ThatIsMissingIsRefused) {
  EXPECT_EQ(reason("/nonexistent/list"), "cannot be opened: No such file or directory");
}

TEST(TextFile, ThatMayNotBeReadIsRefused) {
  const ScratchFolder folder;
  const std::string path = folder.file("secret", "192.0.2.1\n");
  fs::permissions(path, fs::perms::none);
  // Root reads everything: for the while of the question this is somebody else.
  const uid_t before = ::geteuid();
  fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::others_exec);
  if (before == 0) {
    ASSERT_EQ(::seteuid(65534), 0);
  }
  const std::string refused = reason(path);
  ASSERT_EQ(::seteuid(before), 0);
  EXPECT_EQ(refused, "cannot be opened: Permission denied");
}

TEST(TextFile, OfNoBytesIsRefusedWithTheRepair) {
  const ScratchFolder folder;
  const auto file = read_text_file(folder.file("empty", ""), TextFileKind::list);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().problem.reason, "is empty");
  EXPECT_EQ(file.error().problem.repair, "put a comment line in it if it is meant to hold nothing");
}

TEST(TextFile, WithANulByteIsRefusedWithItsLine) {
  const ScratchFolder folder;
  const std::string path = folder.file("binary", std::string("a\nb\n\0c\n", 7));
  for (const TextFileKind kind : {TextFileKind::list, TextFileKind::policy}) {
    const auto file = read_text_file(path, kind);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().line, 3U);
    EXPECT_THAT(file.error().problem.reason, HasSubstr("NUL byte"));
  }
}

TEST(TextFile, LargerThanItsKindMayBeIsRefusedUnread) {
  const ScratchFolder folder;
  const std::string path = folder.file("large", "x");
  fs::resize_file(path, (std::uintmax_t{16} << 20) + 1);
  EXPECT_EQ(reason(path, TextFileKind::policy), "is larger than 16 MiB");
  fs::resize_file(path, (std::uintmax_t{1} << 30) + 1);
  EXPECT_EQ(reason(path, TextFileKind::list), "is larger than 1024 MiB");
}

TEST(TextFile, OfAListNeedsItsLastLineEnd) {
  const ScratchFolder folder;
  const std::string path = folder.file("cut", "192.0.2.1\n192.0.2.0/2");
  EXPECT_THAT(reason(path), HasSubstr("may have been cut short"));
  EXPECT_EQ(reason(path, TextFileKind::policy), "none");
}

TEST(TextFile, CutAnywhereIsNeverTakenForAnotherNetwork) {
  const ScratchFolder folder;
  const std::string whole = "192.0.2.0/24\n2001:db8::/32\n10.0.0.0/8\n";
  for (std::size_t length = 1; length < whole.size(); ++length) {
    const bool at_line_end = whole[length - 1] == '\n';
    EXPECT_EQ(reason(folder.file("cut", whole.substr(0, length))) == "none", at_line_end) << length;
  }
}

TEST(TextFile, ThatOthersMayWriteIsTold) {
  const ScratchFolder folder;
  const std::string path = folder.file("open", "192.0.2.1\n");
  fs::permissions(path, fs::perms::others_write, fs::perm_options::add);
  const auto file = read_text_file(path, TextFileKind::list);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->others_may_write);
}

// What another process does to the file while we read it. The hook takes no argument.
std::string changing_path;
void append() {
  std::ofstream(changing_path, std::ios::app) << "192.0.2.2\n";
}
void truncate_file() {
  fs::resize_file(changing_path, 4);
}
void overwrite() {
  std::ofstream out(changing_path, std::ios::in);
  out << "203.0";
}
void replace_by_rename() {
  golden::write_file(changing_path + ".new", "198.51.100.1\n");
  fs::rename(changing_path + ".new", changing_path);
}

TEST(TextFile, ThatChangesWhileItIsReadIsRefused) {
  const ScratchFolder folder;
  for (void (*const change)() : {&append, &truncate_file, &overwrite}) {
    changing_path = folder.file("changing", "192.0.2.1\n");
    usleep(10'000);  // the clock of file times ticks every 4 ms on common kernels
    const auto file = read_text_file(changing_path, TextFileKind::list, change);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().problem.reason, "changed while it was read");
  }
}

TEST(TextFile, ThatIsReplacedByRenameIsReadAsItWas) {
  const ScratchFolder folder;
  changing_path = folder.file("renamed", "192.0.2.1\n");
  const auto file = read_text_file(changing_path, TextFileKind::list, &replace_by_rename);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->text, "192.0.2.1\n");
  EXPECT_EQ(read_text_file(changing_path, TextFileKind::list)->text, "198.51.100.1\n");
}

TEST(PolicyFile, NamesTheLineOfAListThatIsNoFile) {
  const ScratchFolder folder;
  ASSERT_EQ(mkfifo((folder.path() / "fifo.list").c_str(), 0600), 0);
  const std::string path = folder.file(
      "policy.conf", "[listener inbound]\n[class a]\naction = deny\nclients = file:fifo.list\n");
  const auto loaded = load_policy(path);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().format_all(),
            path + ":4: error: \"file:fifo.list\" is a FIFO\n    name a regular file\n");
}

TEST(PolicyFile, WarnsOfFilesThatOthersMayWrite) {
  const ScratchFolder folder;
  const std::string list = folder.file("a.list", "192.0.2.1\n");
  const std::string path = folder.file(
      "policy.conf", "[listener inbound]\n[class a]\naction = deny\nclients = file:a.list\n");
  for (const std::string& file : {list, path}) {
    fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  }
  const auto loaded = load_policy(path);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->diagnostics.warnings(), 2U);
}

TEST(PolicyFile, ThatIsMissingEmptyOrBinaryIsRefused) {
  const ScratchFolder folder;
  EXPECT_FALSE(load_policy(folder.path() / "missing.conf"));
  EXPECT_FALSE(load_policy(folder.file("empty.conf", "")));
  EXPECT_FALSE(load_policy(folder.file("nul.conf", std::string("[listener a]\n\0\n", 15))));
  EXPECT_FALSE(load_policy(folder.path()));
}

}  // namespace
}  // namespace portcullis
