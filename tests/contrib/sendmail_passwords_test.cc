// Passwords in the files of Cyrus SASL: who may read them, and where they are told.

#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "config/policy_file.h"
#include "contrib/sendmail/configuration_files.h"
#include "contrib/sendmail/planned_files.h"
#include "contrib/sendmail/sendmail_configuration.h"
#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

mode_t mode_of(const std::string& path) {
  struct stat state {};
  EXPECT_EQ(::stat(path.c_str(), &state), 0) << path;
  return state.st_mode & 07777;
}

class SendmailPasswords : public ::testing::Test {
 protected:
  SendmailPasswords() {
    files_.write("sendmail.mc", "divert(0)dnl\nMAILER(`local')dnl\n");
    files_.write("password", "tell-nobody\n");
    target_.config_dir = files_.path();
    target_.sasl_dir = files_.path();
    target_.saslauthd_conf = files_ / "saslauthd.conf";
    target_.cf_dir = "/nonexistent";
    const auto loaded = load_policy(files_.write(
        "policy.conf", fmt::format("[daemon]\nsocket = unix:/nowhere/milter.sock\n"
                                   "[listener users]\nrole = submission\ntls = require\n"
                                   "certificate = mx\n[certificate mx]\ncertificate = /mx.pem\n"
                                   "key = /mx.key\n[authentication]\nsource = ldap\n"
                                   "ldap_uri = ldap://ldap.test\nldap_base = dc=test\n"
                                   "ldap_bind_dn = cn=mail\nldap_password_file = {}\n",
                                   (files_ / "password").string())));
    EXPECT_TRUE(loaded) << loaded.error().format_all();
    if (loaded) settings_ = loaded->mta;
    settings_.listeners.clear();  // certificates are not what this is about
  }

  std::string path(const std::string& name) const { return files_ / name; }

  std::string put_open(const std::string& name, const std::string& text) const {
    const std::string path = files_.write(name, text);
    ::chmod(path.c_str(), 0644);
    return path;
  }

  sendmail::PlannedFile planned(const std::string& name) const {
    const auto plan = sendmail::plan_files(settings_, target_, {});
    EXPECT_TRUE(plan) << plan.error().format_all();
    for (const auto& file : *plan) {
      if (fs::path(file.path).filename() == name) return file;
    }
    return {};
  }

  std::string difference(const std::string& name) const {
    std::string text;
    for (const MtaChange& change : sendmail::changes_of(planned(name), {})) {
      text += fmt::format("{}: {} -> {}\n", change.setting, change.before.value_or("none"),
                          change.after.value_or("none"));
    }
    return text;
  }

  ScratchDirectory files_{"passwords"};
  SendmailTarget target_;
  MtaSettings settings_;
};

TEST_F(SendmailPasswords, AreNotLeftWhereOthersMayRead) {
  const std::string file = put_open("saslauthd.conf", "ldap_password: before\n");
  const std::string previous = put_open("saslauthd.conf~", "ldap_password: long ago\n");
  ASSERT_TRUE(sendmail::put_secret_file(file, "ldap_password: now\n"));
  EXPECT_EQ(mode_of(file), 0600U);
  EXPECT_EQ(read_file(file), "ldap_password: now\n");
  EXPECT_EQ(mode_of(previous), 0600U);
  EXPECT_EQ(read_file(previous), "ldap_password: long ago\n") << "no copy is kept";
}

TEST_F(SendmailPasswords, AFileThatIsOpenToOthersIsAChange) {
  const std::string text = *planned("saslauthd.conf").after;
  ASSERT_TRUE(sendmail::put_secret_file(path("saslauthd.conf"), text));
  EXPECT_FALSE(planned("saslauthd.conf").changes());
  put_open("saslauthd.conf", text);
  EXPECT_TRUE(planned("saslauthd.conf").changes());
  EXPECT_THAT(difference("saslauthd.conf"), HasSubstr("mode: open to others -> 0600"));
}

TEST_F(SendmailPasswords, AreInNoDifference) {
  put_open("Sendmail.conf", "auxprop_plugin: sql\nsql_passwd: old-secret\n LDAPDB_PW: older\n");
  put_open("saslauthd.conf", "ldap_bind_pw: old-secret\n");
  EXPECT_THAT(difference("Sendmail.conf"),
              AllOf(HasSubstr("sql_passwd: (secret) -> none"), HasSubstr("LDAPDB_PW: (secret)"),
                    HasSubstr("auxprop_plugin:  sql -> none"), Not(HasSubstr("old"))));
  EXPECT_THAT(difference("saslauthd.conf"),
              AllOf(HasSubstr("ldap_password: none -> (secret)"), Not(HasSubstr("tell-nobody")),
                    Not(HasSubstr("old-secret"))));
}

TEST_F(SendmailPasswords, GoToAnotherMachineOrAWarningSaysSo) {
  const auto secret = [this] {
    for (const GeneratedFile& file : make_sendmail_configuration(settings_, target_)->files()) {
      if (file.secret) return file.text;
    }
    return std::string();
  };
  const auto warnings = [this] {
    Diagnostics found;
    make_sendmail_configuration(settings_, target_)->built_files(files_.path(), found);
    return found.format_all();
  };
  EXPECT_THAT(secret(), HasSubstr("ldap_password: tell-nobody\n"));
  EXPECT_THAT(warnings(), Not(HasSubstr("saslauthd.conf")));
  fs::remove(path("password"));
  EXPECT_THAT(secret(), HasSubstr("# ldap_password: the first line of "));
  EXPECT_THAT(warnings(), HasSubstr("so that saslauthd.conf was written without the password"));
}

}  // namespace
}  // namespace portcullis::testing
