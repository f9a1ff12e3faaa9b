// An import that is killed at any of its calls that matter, and many imports at once.

#include <string>

#include <gmock/gmock.h>

#include "tests/cli/certificate_fixture.h"

namespace portcullis::testing {
namespace {

class ImportCrash : public PolicyCertificate {
 protected:
  ImportCrash() {
    source("a.pem", workshop().text("leaf.crt inter.crt"), 0644);
    source("a.key", workshop().text("leaf.key"));
    source("b.pem", workshop().text("other.crt inter.crt"), 0644);
    source("b.key", workshop().text("other.key"));
  }

  std::string command(const std::string& set) const {
    return "cd $(dirname \"$C\"); exec \"$P\" -c \"$C\" certificate import mx1 --certificate " +
           set + ".pem --key " + set + ".key";
  }

  // Killed before its Nth call.
  CommandResult import_killed_at(const std::string& set, int call) const {
    ChildOptions options;
    options.environment = {{"P", PORTCULLIS_PATH},
                           {"C", policy_path()},
                           {"LD_PRELOAD", KILL_AT_CALL_PATH},
                           {"KILL_AT_CALL", std::to_string(call)},
                           {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
    return run_command({"/bin/bash", "-c",
                        "cd $(dirname \"$C\"); export LD_PRELOAD KILL_AT_CALL; exec \"$P\" -c "
                        "\"$C\" certificate import mx1 --certificate " +
                            set + ".pem --key " + set + ".key"},
                       options);
  }

  bool holds(const std::string& set) const {
    return read_file(pem_) == read_file(scratch_ / (set + ".pem")) &&
           read_file(key_) == read_file(scratch_ / (set + ".key"));
  }
};

TEST_F(ImportCrash, LeavesTheOldSetOrOneThatTheNextCommandFinishes) {
  int killed = 0;
  int halves = 0;
  int finished = 0;
  for (int call = 1;; ++call) {
    ASSERT_EQ(shell(command("a")).status.code, 0);
    ASSERT_TRUE(holds("a"));
    const CommandResult result = import_killed_at("b", call);
    if (result.status.code == 0) break;
    ASSERT_EQ(result.status.signal, 9) << result.error;
    ++killed;
    const bool half = !holds("a") && !holds("b");
    halves += half ? 1 : 0;
    const CommandResult next = shell(command("b"));
    ASSERT_EQ(next.status.code, 0) << "killed at call " << call << ": " << next.error;
    if (next.output.find("finished an import that was cut short") != std::string::npos) ++finished;
    EXPECT_TRUE(holds("b")) << "killed at call " << call;
    EXPECT_EQ(files().size(), 4U) << "killed at call " << call;
  }
  EXPECT_GE(killed, 15);
  EXPECT_GE(finished, 4);
  // Between the names of the key and the certificate, and nowhere else.
  EXPECT_EQ(halves, 1);
}

TEST_F(ImportCrash, FilesBeforeAreOneSetToo) {
  for (int call = 1;; ++call) {
    ASSERT_EQ(shell(command("a")).status.code, 0);
    const CommandResult result = import_killed_at("b", call);
    if (result.status.code == 0) break;
    ASSERT_EQ(shell(command("b")).status.code, 0);
    ASSERT_EQ(certificate({"undo", "mx1"}).status.code, 0) << "killed at call " << call;
    EXPECT_TRUE(holds("a")) << "killed at call " << call;
  }
}

TEST_F(ImportCrash, ManyAtOnceLeaveOneSetWhole) {
  const CommandResult result = shell(
      "cd $(dirname \"$C\"); for i in $(seq 20); do for s in a b; do \"$P\" -c \"$C\" certificate "
      "import mx1 --certificate $s.pem --key $s.key >/dev/null & pids=\"$pids $!\"; done; done; "
      "for p in $pids; do wait $p || exit 1; done");
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_TRUE(holds("a") || holds("b"));
  EXPECT_EQ(certificate({"check", "mx1"}).status.code, 0);
  EXPECT_EQ(files().size(), 4U);
}

}  // namespace
}  // namespace portcullis::testing
