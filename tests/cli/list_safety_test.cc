// The real program, many at once, killed, and on a full disk.

#include <chrono>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/cli/cli_fixture.h"
#include "tests/support/seed.h"

namespace portcullis::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ListSafety : public Cli {
 protected:
  ListSafety() {
    write_policy("[listener inbound]\n[class blocked]\naction = deny\nclients = file:b.list\n");
    write_list("b.list", "# head\n");
  }

  std::string path() const { return (scratch_ / "b.list").string(); }
  std::string list() const { return read_file(path()); }

  // What is in the folder beside the policy and the list.
  std::set<std::string> others() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(scratch_.path())) {
      names.insert(entry.path().filename().string());
    }
    names.erase("portcullis.conf");
    names.erase("b.list");
    return names;
  }

  void write_many_entries(int count) const {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += "10.1." + std::to_string(i / 256) + '.' + std::to_string(i % 256) + '\n';
    }
    write_list("b.list", text);
  }
};

TEST_F(ListSafety, FiftyAtOnceLoseNothing) {
  const CommandResult result = shell(
      "for i in $(seq 50); do \"$P\" -c \"$C\" list add blocked 203.0.113.$i & pids=\"$pids $!\"; "
      "done; for p in $pids; do wait $p || exit 1; done");
  EXPECT_EQ(result.status.code, 0) << result.error;
  std::istringstream lines(list());
  std::set<std::string> found;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) found.insert(line);
  EXPECT_EQ(count, 51U);
  for (int i = 1; i <= 50; ++i) EXPECT_TRUE(found.contains("203.0.113." + std::to_string(i))) << i;
  EXPECT_EQ(others(), std::set<std::string>{"b.list~"});
}

TEST_F(ListSafety, AKilledEditLeavesTheOldListOrTheNewOne) {
  using Clock = std::chrono::steady_clock;
  write_many_entries(4'000);
  const auto start = Clock::now();
  ASSERT_EQ(run_here({"list", "add", "blocked", "203.0.113.255"}).status.code, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  std::mt19937_64 random(seeds().back());
  std::string before = list();
  for (int i = 0; i < 60; ++i) {
    const std::string entry = "203.0." + std::to_string(i) + ".1";
    ChildProcess edit({PORTCULLIS_PATH, "-c", policy_path(), "list", "add", "blocked", entry});
    std::this_thread::sleep_for(whole * static_cast<int>(random() % 120) / 100);
    edit.kill();
    const std::string after = list();
    ASSERT_TRUE(after == before || after == before + entry + '\n') << "kill " << i;
    before = after;
  }
  // The next edit finds no lock in its way, and tidies up.
  EXPECT_EQ(run_here({"list", "add", "blocked", "203.0.113.254"}).status.code, 0);
  EXPECT_EQ(list(), before + "203.0.113.254\n");
  EXPECT_EQ(others(), std::set<std::string>{"b.list~"});
}

TEST_F(ListSafety, AFileThatMayNotGrowStaysAsItIs) {
  write_many_entries(20'000);
  const std::string before = list();
  for (const std::string command : {"add blocked 203.0.113.1", "remove blocked 10.1.0.1",
                                    "edit blocked 10.1.0.1 203.0.113.1"}) {
    const CommandResult result = shell("ulimit -f 16; \"$P\" -c \"$C\" list " + command);  // 16 KiB
    EXPECT_EQ(result.status.code, 74) << result.error;
    EXPECT_THAT(result.error,
                HasSubstr("cannot be written: File too large; the file is as it was"));
    EXPECT_THAT(result.error, HasSubstr("portcullis: nothing was changed\n"));
    EXPECT_EQ(list(), before);
    EXPECT_TRUE(others().empty());
  }
}

TEST_F(ListSafety, AFullDiskLeavesTheOldListAndSaysSo) {
  if (shell("unshare -m true").status.code != 0) GTEST_SKIP() << "no private mounts here";
  write_many_entries(20'000);
  const CommandResult result = shell(
      "D=$(dirname \"$C\"); exec unshare -m bash -c 'mkdir \"$0\"/m && mount -t tmpfs -o size=300k "
      "tmpfs \"$0\"/m && cp \"$0\"/portcullis.conf \"$0\"/b.list \"$0\"/m && "
      "\"$1\" -c \"$0\"/m/portcullis.conf list add blocked 203.0.113.1; echo \"code $?\"; "
      "cmp \"$0\"/b.list \"$0\"/m/b.list && ls -A \"$0\"/m' \"$D\" \"$P\"");
  EXPECT_THAT(result.error, HasSubstr("cannot be written: No space left on device; the file is as "
                                      "it was\n    make room on the disk that holds "));
  EXPECT_EQ(result.output, "code 74\nb.list\nportcullis.conf\n");
}

TEST_F(ListSafety, OwnerModeAndSymbolicLinkStay) {
  const fs::path real = scratch_.make_directory("real") / "lists.txt";
  fs::rename(path(), real);
  fs::create_symlink("real/lists.txt", path());
  ASSERT_EQ(::chmod(real.c_str(), 0640), 0);
  ASSERT_EQ(::chown(real.c_str(), ::geteuid() == 0 ? 1234 : ::geteuid(), ::getegid()), 0);
  struct stat before {};
  ASSERT_EQ(::stat(real.c_str(), &before), 0);
  EXPECT_EQ(run_here({"list", "add", "blocked", "203.0.113.1"}).status.code, 0);
  struct stat after {};
  ASSERT_EQ(::stat(real.c_str(), &after), 0);
  EXPECT_EQ(after.st_mode, before.st_mode);
  EXPECT_EQ(after.st_uid, before.st_uid);
  EXPECT_TRUE(fs::is_symlink(path()));
  EXPECT_EQ(read_file(real), "# head\n203.0.113.1\n");
  EXPECT_EQ(read_file(real.string() + '~'), "# head\n");
}

}  // namespace
}  // namespace portcullis::testing
