// `portcullis certificate import`: what is wrong is never put in place, what is right is whole.

#include <chrono>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/certificate/installation_report.h"
#include "tests/cli/certificate_fixture.h"
#include "tests/tls/certificate_cases.h"
#include "tls/pem_set.h"

namespace portcullis::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::StartsWith;

mode_t mode_of(const std::string& path) {
  struct stat state {};
  EXPECT_EQ(::stat(path.c_str(), &state), 0) << path;
  return state.st_mode & 07777;
}

class ImportMatrix : public PolicyCertificate,
                     public ::testing::WithParamInterface<CertificateCase> {
 protected:
  // The files as options, for check and import alike.
  std::vector<std::string> sources() const {
    const CertificateCase& c = GetParam();
    std::vector<std::string> options = {"--certificate",
                                        source("new.pem", workshop().text(c.certificates), 0644),
                                        "--key", source("new.key", workshop().text(c.key))};
    if (!c.chain.empty()) {
      options.insert(options.end(),
                     {"--chain", source("new-chain.pem", workshop().text(c.chain), 0644)});
    }
    options.emplace_back("--json");
    return options;
  }
};

// import takes what check finds no error in, and leaves everything alone else.
TEST_P(ImportMatrix, AgreesWithCheck) {
  put_good_set();
  const auto before = files();
  std::string hosts;
  for (const std::string& host : GetParam().hosts) hosts += (hosts.empty() ? "" : ", ") + host;
  if (!hosts.empty()) write_section("hosts = " + hosts + "\n");
  auto check = sources();
  check.insert(check.begin(), "check");
  for (const std::string& host : GetParam().hosts) check.insert(check.end(), {"--host", host});
  auto import = sources();
  import.insert(import.begin(), {"import", "mx1"});
  const CommandResult checked = certificate(check);
  const CommandResult imported = certificate(import);
  EXPECT_EQ(imported.status.code, checked.status.code) << imported.output << imported.error;
  if (checked.status.code != 0) {
    EXPECT_EQ(error_codes(json::parse(imported.output)), error_codes(json::parse(checked.output)));
    EXPECT_EQ(files(), before);
  } else {
    EXPECT_EQ(certificate({"check", "mx1"}).status.code, 0);
    EXPECT_EQ(json::parse(imported.output)["installed"], true);
  }
}

std::vector<CertificateCase> cases_of_today() {
  std::vector<CertificateCase> cases = {
      {"ExpiredForGood", "expired.crt inter.crt", "leaf.key", {"expired"}, ""},
      {"NotYetValidForLong", "future.crt inter.crt", "leaf.key", {"not-yet-valid"}, ""}};
  for (const auto* sets : {&good_sets(), &bad_sets()}) {
    for (const CertificateCase& c : *sets) {
      if (c.day == 1) cases.push_back(c);
    }
  }
  return cases;
}

const auto kNameOfCase = [](const auto& info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Sets, ImportMatrix, ::testing::ValuesIn(cases_of_today()), kNameOfCase);

class Import : public PolicyCertificate {};

TEST_F(Import, TheFirstOneMakesTheFiles) {
  const CommandResult result = import_pem("leaf-text.crt inter.crt", "sec1.key");
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(result.output.substr(0, result.output.find('\n')),
            "mx1: installed " + key_ + " " + pem_);
  EXPECT_EQ(mode_of(key_), 0600U);
  EXPECT_EQ(mode_of(pem_), 0644U);
  // Written anew: no text between the blocks, and the key as PKCS#8.
  EXPECT_THAT(read_file(pem_),
              AllOf(StartsWith("-----BEGIN CERTIFICATE-----\n"), Not(HasSubstr("Certificate:"))));
  EXPECT_THAT(read_file(key_), StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_THAT(read_file(pem_), HasSubstr(workshop().text("inter.crt")));
}

TEST_F(Import, KeepsOwnerGroupAndModeAndTheFilesBefore) {
  put_good_set();
  ::chmod(key_.c_str(), 0640);
  ASSERT_EQ(::chown(key_.c_str(), 0, 65534), 0);
  const auto before = files();
  EXPECT_EQ(import_pem("other.crt inter.crt", "other.key").status.code, 0);
  struct stat state {};
  ::stat(key_.c_str(), &state);
  EXPECT_EQ(state.st_gid, 65534U);
  EXPECT_EQ(state.st_mode & 07777, 0640U);
  EXPECT_THAT(files(), AllOf(Contains(Key("mx1.key")), Contains(Key("mx1.pem"))));
  EXPECT_EQ(files().at("mx1.key.previous"), before.at("mx1.key"));
  EXPECT_EQ(files().at("mx1.pem.previous"), before.at("mx1.pem"));
  EXPECT_EQ(mode_of(key_ + ".previous"), 0640U);
  EXPECT_EQ(files().size(), 4U);
}

TEST_F(Import, TwiceTheSameTouchesNothing) {
  ASSERT_EQ(import_pem("leaf.crt inter.crt", "leaf.key").status.code, 0);
  struct stat before {};
  ::stat(pem_.c_str(), &before);
  const CommandResult again = import_pem("leaf.crt inter.crt", "leaf.key");
  EXPECT_EQ(again.status.code, 0);
  EXPECT_THAT(again.output, StartsWith("mx1: is there already\n"));
  struct stat after {};
  ::stat(pem_.c_str(), &after);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(Import, UndoPutsTheBytesBackAndTwiceIsOnceAgain) {
  put_good_set();
  const auto before = files();
  EXPECT_EQ(certificate({"undo", "mx1"}).status.code, 65);
  ASSERT_EQ(import_pem("other.crt inter.crt", "other.key").status.code, 0);
  const auto after = files();
  EXPECT_EQ(certificate({"undo", "mx1"}).status.code, 0);
  EXPECT_EQ(files().at("mx1.key"), before.at("mx1.key"));
  EXPECT_EQ(files().at("mx1.pem"), before.at("mx1.pem"));
  EXPECT_EQ(certificate({"undo", "mx1"}).status.code, 0);
  EXPECT_EQ(files(), after);
}

TEST_F(Import, UndoNeverPutsBackWhatIsWrong) {
  put_good_set();
  ASSERT_EQ(import_pem("other.crt inter.crt", "other.key").status.code, 0);
  scratch_.write("tls/mx1.pem.previous", workshop().text("expired.crt inter.crt"));
  const auto before = files();
  const CommandResult result = certificate({"undo", "mx1"});
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, HasSubstr("expired on 2021-01-01T00:00:00Z"));
  EXPECT_EQ(files(), before);
}

TEST_F(Import, AChainFileGetsTheIssuers) {
  write_section("chain = " + folder_ + "/chain.pem\n");
  EXPECT_EQ(import_pem("leaf.crt inter.crt", "leaf.key").status.code, 0);
  EXPECT_EQ(files().at("mx1.pem"), workshop().text("leaf.crt"));
  EXPECT_EQ(files().at("chain.pem"), workshop().text("inter.crt"));
  const auto before = files();
  const CommandResult result = import_pem("self.crt", "leaf.key");
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error,
              HasSubstr("portcullis.conf:7: error: \"" + folder_ + "/chain.pem\" would be empty"));
  EXPECT_EQ(files(), before);
}

TEST_F(Import, OneFileForAllHoldsTheKeyFirstAndIsClosed) {
  write_policy("[listener inbound]\n[certificate mx1]\ncertificate = " + pem_ + "\nkey = " + pem_ +
               "\n");
  EXPECT_EQ(import_pem("leaf.crt inter.crt", "leaf.key").status.code, 0);
  EXPECT_EQ(read_file(pem_), workshop().text("leaf.key leaf.crt inter.crt"));
  EXPECT_EQ(mode_of(pem_), 0600U);
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(certificate({"check", "mx1"}).status.code, 0);
}

TEST_F(Import, AnotherErrorInThePolicyIsNoHindrance) {
  write_section("[class broken]\nclients = file:not-there.list\n");
  EXPECT_EQ(import_pem("leaf.crt inter.crt", "leaf.key").status.code, 0);
  write_section("kye = /x\n");
  EXPECT_EQ(import_pem("leaf.crt inter.crt", "leaf.key").status.code, 78);
}

TEST_F(Import, ALinkIsNotWrittenThrough) {
  source("theirs.key", workshop().text("leaf.key"));
  fs::create_symlink("../theirs.key", key_);
  const CommandResult result = import_pem("leaf.crt inter.crt", "leaf.key");
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, HasSubstr("is a symbolic link"));
  EXPECT_FALSE(fs::exists(pem_));
  EXPECT_EQ(read_file(scratch_ / "theirs.key"), workshop().text("leaf.key"));
}

// Where a key is safe is asked before it is there.
TEST_F(Import, AFolderThatEverybodyMayWriteGetsNoKey) {
  ASSERT_EQ(::chmod(folder_.c_str(), 0777), 0);
  const CommandResult first = import_pem("leaf.crt inter.crt", "leaf.key");
  EXPECT_EQ(first.status.code, 65);
  EXPECT_EQ(first.output, "");
  EXPECT_THAT(first.error, AllOf(HasSubstr("portcullis.conf:6: error: \"" + key_ + "\" is in " +
                                           folder_ + ", where everybody may write"),
                                 HasSubstr("portcullis: mx1: nothing was changed\n")));
  EXPECT_TRUE(files().empty());
  put_good_set();
  const auto before = files();
  EXPECT_EQ(import_pem("other.crt inter.crt", "other.key").status.code, 65);
  EXPECT_EQ(certificate({"self-signed", "mx1", "--force", "--host", "a.example"}).status.code, 65);
  EXPECT_EQ(certificate({"request", "mx1", "--host", "a.example"}).status.code, 65);
  EXPECT_EQ(files(), before);
}

TEST_F(Import, AKeyThatWouldBelongToAnotherUserIsNotPut) {
  put_good_set();
  const auto before = files();
  ASSERT_EQ(::chown(key_.c_str(), 65534, 65534), 0);
  const std::vector<std::string> import = {"import",
                                           "mx1",
                                           "--json",
                                           "--certificate",
                                           workshop().path("other.crt"),
                                           "--chain",
                                           workshop().path("inter.crt"),
                                           "--key",
                                           source("new.key", workshop().text("other.key"))};
  auto dry_run = import;
  dry_run.emplace_back("--dry-run");
  for (const auto& arguments : {import, dry_run}) {
    const CommandResult result = certificate(arguments);
    EXPECT_EQ(result.status.code, 65);
    const auto answer = json::parse(result.output);
    EXPECT_EQ(answer["installed"], false);
    EXPECT_THAT(error_codes(answer), ElementsAre("key-owner"));
  }
  EXPECT_EQ(files(), before);
}

// The mode that the new key gets counts, not the one that the old key has.
TEST_F(Import, AnOpenKeyIsReplacedByAClosedOne) {
  put_good_set();
  ::chmod(key_.c_str(), 0666);
  EXPECT_EQ(import_pem("other.crt inter.crt", "other.key").status.code, 0);
  EXPECT_EQ(mode_of(key_), 0640U);
}

// Somebody who does not know of our lock writes to the files as well.
TEST_F(Import, WhatIsWrongInPlaceHasACodeOfItsOwn) {
  const CommonOptions options{policy_path(), false};
  const auto named = find_certificate(options, "mx1");
  ASSERT_TRUE(named);
  const CertificateSet files{
      workshop().path("leaf.crt"), workshop().path("leaf.key"), workshop().path("inter.crt"), {}};
  // After the certificates have been made: they are valid from that second on.
  const Time now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto read = read_pem_set(files, now);
  ASSERT_TRUE(read.set);
  const auto done = install(*read.set, named->files);
  ASSERT_TRUE(done);
  source("tls/mx1.key", workshop().text("other.key"));
  const Report report =
      installation_report(options, *named, *done, "installed", {Mta::postfix, "/nonexistent"}, now);
  EXPECT_EQ(report.code, ExitCode::internal);
  EXPECT_THAT(report.output, StartsWith("mx1: installed "));
  EXPECT_THAT(report.errors, AllOf(HasSubstr("what is in place is not what was put there"),
                                   Not(HasSubstr("/nonexistent"))));
}

TEST_F(Import, DryRunChangesNothing) {
  const CommandResult result =
      certificate({"import", "mx1", "--dry-run", "--certificate",
                   source("new.pem", workshop().text("leaf.crt inter.crt")), "--key",
                   source("new.key", workshop().text("leaf.key"))});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_THAT(result.output, HasSubstr("it could be installed\n"));
  EXPECT_TRUE(files().empty());
}

TEST_F(Import, AReadOnlyFolderStaysAsItIs) {
  put_good_set();
  const auto before = files();
  source("new.pem", workshop().text("other.crt inter.crt"), 0644);
  source("new.key", workshop().text("other.key"));
  const CommandResult result = shell(
      "D=$(dirname \"$C\"); exec unshare -m bash -c 'mount --bind \"$0\"/tls \"$0\"/tls && "
      "mount -o remount,bind,ro \"$0\"/tls && exec \"$1\" -c \"$0\"/portcullis.conf certificate "
      "import mx1 --certificate \"$0\"/new.pem --key \"$0\"/new.key' \"$D\" \"$P\"");
  EXPECT_EQ(result.status.code, 74) << result.error;
  EXPECT_THAT(result.error, AllOf(HasSubstr("Read-only file system; all files are as they were"),
                                  HasSubstr("portcullis: mx1: nothing was changed\n")));
  EXPECT_EQ(files(), before);
}

TEST_F(Import, AFullDiskStaysAsItIs) {
  source("new.pem", workshop().text("other.crt inter.crt"), 0644);
  source("new.key", workshop().text("other.key"));
  source("old.pem", workshop().text("leaf.crt inter.crt"), 0644);
  source("old.key", workshop().text("leaf.key"));
  const CommandResult result = shell(
      "D=$(dirname \"$C\"); exec unshare -m bash -c 'mount -t tmpfs -o size=16k tmpfs \"$0\"/tls "
      "&& "
      "cd \"$0\"/tls && cp ../old.pem mx1.pem && cp ../old.key mx1.key && chmod 600 mx1.key && "
      "{ head -c 9000 /dev/zero >fill; \"$1\" -c ../portcullis.conf certificate import mx1 "
      "--certificate ../new.pem --key ../new.key; echo \"code $?\"; } && "
      "cmp mx1.pem ../old.pem && cmp mx1.key ../old.key && ls -A' \"$D\" \"$P\"");
  EXPECT_EQ(result.output, "code 74\nfill\nmx1.key\nmx1.pem\n") << result.error;
  EXPECT_THAT(result.error, HasSubstr("No space left on device; all files are as they were"));
}

TEST_F(Import, AFileThatMayNotGrowStaysAsItIs) {
  put_good_set();
  const auto before = files();
  source("new.pem", workshop().text("other.crt inter.crt inter2.crt"), 0644);
  source("new.key", workshop().text("other.key"));
  const CommandResult result = shell(
      "cd $(dirname \"$C\"); ulimit -f 1; exec \"$P\" -c \"$C\" certificate import mx1 "
      "--certificate new.pem --key new.key");
  EXPECT_EQ(result.status.code, 74) << result.error;
  EXPECT_EQ(files(), before);
}

TEST_F(Import, NobodyElsesFolderIsLeftAlone) {
  put_good_set();
  const auto before = files();
  // A copy of the key that the other user may read, as a thief would have it.
  source("new.pem", workshop().text("leaf.crt inter.crt"), 0644);
  const std::string key = source("new.key", workshop().text("leaf.key"));
  ASSERT_EQ(::chown(key.c_str(), 65534, 65534), 0);
  const CommandResult result = shell(
      "cd $(dirname \"$C\"); exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$P\" -c "
      "\"$C\" certificate import mx1 --certificate new.pem --key new.key");
  EXPECT_EQ(result.status.code, 74) << result.error;
  EXPECT_THAT(result.error, HasSubstr("Permission denied; all files are as they were"));
  EXPECT_EQ(files(), before);
}

TEST_F(Import, BadArgumentsAreNamed) {
  EXPECT_EQ(certificate({"import"}).status.code, 64);
  EXPECT_EQ(certificate({"import", "mx1"}).status.code, 64);
  EXPECT_EQ(certificate({"import", "mx1", "--pkcs12", "a", "--key", "b"}).status.code, 64);
  const CommandResult unknown = certificate({"import", "mx2", "--certificate", "x"});
  EXPECT_EQ(unknown.status.code, 65);
  EXPECT_THAT(unknown.error, HasSubstr("has no [certificate mx2]; there is mx1"));
  const CommandResult no_key = certificate({"import", "mx1", "--certificate", "x"});
  EXPECT_EQ(no_key.status.code, 65);
  EXPECT_THAT(no_key.error, HasSubstr("there is neither " + key_ + ".new nor " + key_));
}

TEST_F(Import, JsonHasTheKeysThatArePromised) {
  const CommandResult result =
      certificate({"import", "mx1", "--json", "--certificate",
                   source("new.pem", workshop().text("leaf.crt inter.crt")), "--key",
                   source("new.key", workshop().text("leaf.key"))});
  const auto answer = nlohmann::ordered_json::parse(result.output);
  EXPECT_THAT(
      keys_of(answer),
      ElementsAre("ok", "errors", "warnings", "notes", "diagnostics", "codes", "name", "line",
                  "certificate", "key", "chain", "hosts", "listeners", "installed", "changed",
                  "files", "previous_kept", "finished_another", "reloaded", "certificates"));
}

}  // namespace
}  // namespace portcullis::testing
