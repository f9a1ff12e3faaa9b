// The deploy hook for certbot, run as certbot runs it: on a lineage of links, by its two variables.

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/cli/certificate_fixture.h"

namespace portcullis::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class CertbotHook : public PolicyCertificate {
 protected:
  // live/NAME/ with links into archive/NAME/, as certbot keeps them.
  std::string lineage(const std::string& name, const std::string& certificates,
                      const std::string& key) const {
    fs::create_directories(scratch_ / "archive" / name);
    fs::create_directories(scratch_ / "live" / name);
    source("archive/" + name + "/fullchain1.pem", workshop().text(certificates), 0644);
    source("archive/" + name + "/privkey1.pem", workshop().text(key));
    const fs::path live = scratch_ / "live" / name;
    for (const std::string file : {"fullchain", "privkey"}) {
      fs::remove(live / (file + ".pem"));
      fs::create_symlink("../../archive/" + name + "/" + file + "1.pem", live / (file + ".pem"));
    }
    return live;
  }

  CommandResult run_hook(const std::string& lineage,
                         std::map<std::string, std::string> more = {}) const {
    ChildOptions options;
    options.environment = std::move(more);
    options.environment.insert({{"PORTCULLIS", PORTCULLIS_PATH},
                                {"PORTCULLIS_POLICY", policy_path()},
                                {"PORTCULLIS_APPLY", ""},
                                {"RENEWED_LINEAGE", lineage},
                                {"RENEWED_DOMAINS", "mx.example.com www.example.com"}});
    return run_command({PORTCULLIS_SOURCE_DIR "/contrib/certbot/portcullis-deploy"}, options);
  }
};

TEST_F(CertbotHook, ImportsTheLineageOfTheSameName) {
  const CommandResult result = run_hook(lineage("mx1", "leaf.crt inter.crt", "leaf.key"));
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(read_file(pem_), workshop().text("leaf.crt inter.crt"));
  EXPECT_EQ(read_file(key_), workshop().text("leaf.key"));
  EXPECT_FALSE(fs::is_symlink(key_));
}

TEST_F(CertbotHook, ALineageOfAnotherNameIsLeftAlone) {
  const std::string web = lineage("www", "leaf.crt inter.crt", "leaf.key");
  const CommandResult result = run_hook(web);
  EXPECT_EQ(result.status.code, 0);
  EXPECT_THAT(result.error, HasSubstr("has no [certificate www]: mx.example.com www.example.com"));
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(run_hook(web, {{"PORTCULLIS_CERTIFICATE", "mx1"}}).status.code, 0);
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(CertbotHook, WhatIsWrongIsNotImportedAndFails) {
  put_good_set();
  const auto before = files();
  EXPECT_EQ(run_hook(lineage("mx1", "other.crt inter.crt", "leaf.key")).status.code, 65);
  write_section("hosts = mail.example.net\n");
  const CommandResult result = run_hook(lineage("mx1", "other.crt inter.crt", "other.key"));
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, HasSubstr("does not cover \"mail.example.net\""));
  EXPECT_EQ(files(), before);
}

TEST_F(CertbotHook, APolicyThatCannotBeReadFails) {
  EXPECT_NE(
      run_hook(lineage("mx1", "leaf.crt", "leaf.key"), {{"PORTCULLIS_POLICY", "/nonexistent"}})
          .status.code,
      0);
}

TEST_F(CertbotHook, TheMailServerThatIsNamedIsReloaded) {
  const CommandResult result =
      run_hook(lineage("mx1", "leaf.crt inter.crt", "leaf.key"),
               {{"PORTCULLIS_APPLY", "sendmail"}, {"PORTCULLIS_CONFIG_DIR", scratch_ / "none"}});
  EXPECT_EQ(result.status.code, 69);  // there is none, and it says so
  EXPECT_THAT(result.error, HasSubstr("/none/sendmail.cf cannot be read; the files are in place"));
}

TEST_F(CertbotHook, WithoutCertbotItSaysWhoRunsIt) {
  EXPECT_THAT(run_hook("").error, HasSubstr("is set by certbot"));
}

}  // namespace
}  // namespace portcullis::testing
