// generate postfix and sendmail, on directories in which nothing runs; tests/mta has the MTAs.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "tests/cli/cli_fixture.h"
#include "tests/mta/support/sendmail_programs.h"

namespace portcullis::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kSocket =
    "[daemon]\nsocket = unix:/var/spool/postfix/portcullis/milter.sock\n";

class Generate : public Cli {
 protected:
  Generate() {
    fs::create_directories(etc());
    fs::copy_file("/usr/share/postfix/main.cf.debian", etc() / "main.cf");
    fs::copy_file("/usr/share/postfix/master.cf.dist", etc() / "master.cf");
  }

  fs::path etc() const { return fs::path(policy_path()).parent_path() / "postfix"; }
  void policy(const std::string& text) { write_policy(std::string(kSocket) + text); }

  CommandResult postfix(std::vector<std::string> more) {
    std::vector<std::string> words = {"generate", "postfix", "--config-dir", etc()};
    words.insert(words.end(), more.begin(), more.end());
    return run_here(words);
  }

  static mode_t mode_of(const fs::path& path) {
    struct stat state {};
    EXPECT_EQ(::stat(path.c_str(), &state), 0) << path;
    return state.st_mode & 07777;
  }
};

std::ptrdiff_t count_of_files(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

TEST_F(Generate, PrintsWithTheLineOfThePolicy) {
  policy("[listener inbound]\nidle_timeout = 10m\n[mta]\nvrfy = no\n");
  const CommandResult result = postfix({});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("==> main.cf <=="));
  EXPECT_THAT(result.output, HasSubstr(policy_path() + ":6\ndisable_vrfy_command = yes\n"));
  EXPECT_THAT(result.output, HasSubstr("-o smtpd_timeout=600s"));
}

TEST_F(Generate, APolicyThatCannotBeDeliveredGivesNothing) {
  policy("[listener inbound]\ntls = may\n");
  for (const auto& more : {std::vector<std::string>{}, {"--diff"}, {"--apply"}}) {
    const CommandResult result = postfix(more);
    EXPECT_EQ(result.status.code, 78);
    EXPECT_THAT(result.output, IsEmpty());
    EXPECT_THAT(result.error, HasSubstr(policy_path() + ":4: error: \"tls = may\""));
  }
  EXPECT_FALSE(fs::exists(etc() / "portcullis.backup"));
}

TEST_F(Generate, AMissingCertificateIsNamedByTheLineOfThePolicy) {
  policy(
      "[listener inbound]\ntls = may\ncertificate = mx\n"
      "[certificate mx]\ncertificate = /nowhere/mx.pem\nkey = /nowhere/mx.key\n");
  const CommandResult result = postfix({});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_THAT(result.error, HasSubstr(policy_path() + ":7: error: "));
  EXPECT_EQ(postfix({"--no-host"}).status.code, 0);
}

TEST_F(Generate, DiffNamesOnlyWhatIsOurs) {
  policy("[listener inbound]\n[mta]\nvrfy = no\n");
  const CommandResult result = postfix({"--diff"});
  EXPECT_EQ(result.status.code, 1) << result.error;
  EXPECT_THAT(result.output, HasSubstr("+ disable_vrfy_command = yes    ; "));
  EXPECT_THAT(result.output, Not(HasSubstr("mailbox_size_limit")));
}

TEST_F(Generate, ApplyTwiceTouchesNothing) {
  policy("[listener inbound]\n[mta]\nvrfy = no\n");
  const CommandResult first = postfix({"--apply"});
  EXPECT_EQ(first.status.code, 0) << first.error;
  EXPECT_THAT(first.output, HasSubstr("The MTA is not running"));
  const auto written = fs::last_write_time(etc() / "main.cf");
  const CommandResult second = postfix({"--apply"});
  EXPECT_EQ(second.status.code, 0) << second.error;
  EXPECT_EQ(second.output, "Everything is as the policy says; nothing was changed.\n");
  EXPECT_EQ(fs::last_write_time(etc() / "main.cf"), written);
  EXPECT_EQ(postfix({"--diff"}).status.code, 0);
  EXPECT_EQ(mode_of(etc() / "portcullis.backup"), 0700U);
}

TEST_F(Generate, ToolsThatCannotBeAskedAreNoFaultOfThePolicy) {
  policy("[listener inbound]\n");
  std::ofstream(etc() / "master.cf", std::ios::app) << "smtp inet\n";
  for (const char* action : {"--diff", "--apply"}) EXPECT_EQ(postfix({action}).status.code, 69);
}

TEST_F(Generate, ADirectoryWithoutAnMtaIsSaid) {
  policy("[listener inbound]\n");
  fs::remove(etc() / "main.cf");
  for (const char* action : {"--diff", "--apply"}) {
    const CommandResult result = postfix({action});
    EXPECT_EQ(result.status.code, 78);
    EXPECT_THAT(result.error, HasSubstr("\"main.cf\" is not there"));
  }
}

TEST_F(Generate, NeitherIsADirectoryThatTakesNoFile) {
  policy("[listener inbound]\n");
  std::ofstream(etc() / "portcullis.backup") << "no folder\n";
  EXPECT_EQ(postfix({"--apply"}).status.code, 74);
  fs::create_directory(etc() / ".portcullis.backup.lock");
  EXPECT_EQ(postfix({"--apply"}).status.code, 74);
}

TEST_F(Generate, DryRunChangesNothing) {
  policy("[listener inbound]\n[mta]\nvrfy = no\n");
  const CommandResult result = postfix({"--apply", "--dry-run"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("+ disable_vrfy_command = yes"));
  EXPECT_FALSE(fs::exists(etc() / "portcullis.backup"));
  EXPECT_EQ(postfix({"--diff"}).status.code, 1);
}

TEST_F(Generate, JsonHasTheKeysThatArePromised) {
  policy("[listener inbound]\n[mta]\nvrfy = no\n");
  const auto diff = nlohmann::json::parse(postfix({"--diff", "--json"}).output);
  EXPECT_EQ(diff["ok"], true);
  EXPECT_EQ(diff["changes"][0]["file"], "main.cf");
  const auto applied = nlohmann::json::parse(postfix({"--apply", "--json"}).output);
  EXPECT_EQ(applied["outcome"], "applied");
  EXPECT_EQ(applied["reloaded"], false);
  const auto files = nlohmann::json::parse(postfix({"--json"}).output);
  EXPECT_EQ(files["files"][0]["name"], "main.cf");
}

TEST_F(Generate, WritesIntoADirectoryAndKeepsPasswordsToTheOwner) {
  const fs::path password = fs::path(policy_path()).parent_path() / "password";
  write_list("password", "secret\n");
  policy(
      "[listener submission]\nrole = submission\nport = 587\ntls = require\ncertificate = mx\n"
      "[certificate mx]\ncertificate = /nowhere/mx.pem\nkey = /nowhere/mx.key\n"
      "[authentication]\nsource = ldap\nldap_uri = ldaps://ldap.test\nldap_base = dc=test\n"
      "ldap_bind_dn = cn=mail\nldap_password_file = " +
      password.string() + "\n");
  const fs::path out = fs::path(policy_path()).parent_path() / "out";
  const CommandResult printed = postfix({"--no-host"});
  EXPECT_THAT(printed.output, Not(HasSubstr("secret\n")));
  const CommandResult result = postfix({"--no-host", "--output", out});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_TRUE(fs::exists(out / "main.cf"));
  int secrets = 0;
  for (const auto& entry : fs::recursive_directory_iterator(out)) {
    if (!entry.is_regular_file()) continue;
    if (read_file(entry.path()).find("secret") == std::string::npos) continue;
    ++secrets;
    EXPECT_EQ(mode_of(entry.path()), 0600U) << entry.path();
  }
  EXPECT_EQ(secrets, 1);
}

TEST_F(Generate, SendmailIsPrintedAndWritten) {
  policy("[listener inbound]\nidle_timeout = 10m\n");
  const CommandResult printed = run_here({"generate", "sendmail"});
  EXPECT_EQ(printed.status.code, 0) << printed.error;
  EXPECT_THAT(printed.output, StartsWith("==> portcullis.m4 <=="));
  EXPECT_THAT(printed.output, HasSubstr("confTO_COMMAND"));
  const fs::path out = fs::path(policy_path()).parent_path() / "out";
  EXPECT_EQ(run_here({"generate", "sendmail", "--output", out}).status.code, 0);
  EXPECT_TRUE(fs::exists(out / "portcullis.m4"));
  EXPECT_TRUE(fs::exists(out / "sendmail.mc"));
  // There are no macros of Sendmail, nor a sendmail.mc.
  EXPECT_FALSE(fs::exists(out / "sendmail.cf"));
  EXPECT_THAT(run_here({"generate", "sendmail", "--output", out, "--cf-dir", "/nowhere"}).error,
              HasSubstr("sendmail.cf: warning: \"/nowhere\" does not have Sendmail's macros"));
  EXPECT_EQ(
      run_here({"generate", "sendmail", "--config-dir", out / "nowhere", "--apply"}).status.code,
      78);
}

// Sendmail's macros as they are where Debian's package is configured: with what it has found out.
fs::path configured_macros(const fs::path& folder) {
  const fs::path macros = folder / "cf";
  fs::copy(sendmail_root() / "usr/share/sendmail/cf", macros, fs::copy_options::recursive);
  std::ofstream(macros / "debian/autoconf.m4")
      << "define(`sm_version', `8.17.1.9')dnl\ndefine(`sm_version_math', `528641')dnl\n"
         "define(`sm_enable_milter', `yes')dnl\ndefine(`sm_enable_ipv6', `yes')dnl\n";
  const auto moved = run_command({"sed", "-i", "s#/usr/share/sendmail/cf#" + macros.string() + "#",
                                  macros / "ostype/debian.m4", macros / "domain/debian-mta.m4"});
  EXPECT_TRUE(moved.status.success()) << moved.error;
  return macros;
}

TEST_F(Generate, SendmailIsBuiltOfWhatIsWritten) {
  policy("[listener inbound]\nidle_timeout = 10m\n");
  const fs::path folder = fs::path(policy_path()).parent_path();
  const fs::path macros = configured_macros(folder);
  const CommandResult result =
      run_here({"generate", "sendmail", "--output", folder / "out", "--cf-dir", macros});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_THAT(result.error, IsEmpty());
  EXPECT_THAT(result.output, HasSubstr("out/sendmail.cf\n"));
  const std::string cf = read_file(folder / "out/sendmail.cf");
  EXPECT_TRUE(cf.find("\nO Timeout.command=600s\n") != std::string::npos);
  EXPECT_TRUE(cf.find("\nXportcullis, S=unix:") != std::string::npos);
  EXPECT_EQ(count_of_files(folder / "out"), 3);  // and nothing that was put aside

  // m4 finds a mistake in them: the rest is written, and no half of sendmail.cf.
  std::ofstream(macros / "domain/debian-mta.m4", std::ios::app) << "include(`/nowhere.m4')\n";
  const CommandResult broken =
      run_here({"generate", "sendmail", "--output", folder / "other", "--cf-dir", macros});
  EXPECT_EQ(broken.status.code, 0);
  EXPECT_THAT(broken.error, HasSubstr("sendmail.cf: warning: "));
  EXPECT_THAT(broken.error, HasSubstr("/nowhere.m4"));
  EXPECT_EQ(count_of_files(folder / "other"), 2);
}

}  // namespace
}  // namespace portcullis::testing
