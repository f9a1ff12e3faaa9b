// Users of a generated submission service, whose passwords others know: a directory through
// saslauthd, and Dovecot.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mta/generated/generated_postfix.h"
#include "tests/mta/generated/generated_sendmail.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/guarded_mta_test.h"
#include "tests/mta/support/openssl_client.h"
#include "tests/mta/support/password_servers.h"

namespace portcullis::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// user@mx.example.com, "secret" and "wrong!".
constexpr const char* kRight = "AHVzZXJAbXguZXhhbXBsZS5jb20Ac2VjcmV0";
constexpr const char* kWrong = "AHVzZXJAbXguZXhhbXBsZS5jb20Ad3JvbmchCg==";

class GenerateSubmission : public ::testing::TestWithParam<MtaKind> {
 protected:
  static bool on_postfix() { return GetParam() == MtaKind::postfix; }

  // `authentication`: the lines of its section.
  std::string policy(const std::string& authentication) const {
    return fmt::format(
        "[daemon]\nsocket = unix:/nowhere/milter.sock\n"
        "[mta]\nmilter_down = accept\nhost_name = mx.example.com\n"
        "[listener submission]\nrole = submission\naddress = 127.0.0.1\nport = {}\ntls = require\n"
        "certificate = mx\n[certificate mx]\ncertificate = {}\nkey = {}\n[authentication]\n{}",
        port_, authority_.path("mx.example.com.pem"), authority_.path("mx.example.com.key"),
        authentication);
  }

  // Returns the directory of the configuration.
  template <typename Generated>
  std::filesystem::path start(const std::string& authentication) {
    auto mta = std::make_unique<Generated>(
        policy(authentication), MtaOptions{.listeners = {{.name = "submission", .port = port_}}});
    mta->start();
    const auto directory = mta->directory();
    mta_ = std::move(mta);
    return directory;
  }

  std::string session(const std::string& password) const {
    const std::string login = password.empty() ? "" : "AUTH PLAIN " + password + '\n';
    return patient_openssl_client(
        {.address = "127.0.0.1", .port = port_}, "-starttls smtp -bind 127.0.0.2",
        "EHLO a.test\n" + login + "MAIL FROM:<a@a.test>\nRCPT TO:<b@elsewhere.test>\nQUIT\n");
  }

  void expect_that_only_the_password_opens() const {
    SmtpClient clear({.address = "127.0.0.1", .port = port_}, "127.0.0.2");
    clear.read_banner();
    EXPECT_THAT(clear.command("EHLO a.test").text, Not(HasSubstr("AUTH")));
    EXPECT_EQ(clear.command(fmt::format("AUTH PLAIN {}", kRight)).code / 100, 5);
    const std::string accepted = "\n250 2.1.5 ";  // for RCPT
    EXPECT_THAT(session(""), AllOf(HasSubstr("AUTH PLAIN LOGIN"), Not(HasSubstr(accepted))));
    EXPECT_THAT(session(kWrong), AllOf(HasSubstr("\n535 5.7."), Not(HasSubstr(accepted))));
    EXPECT_THAT(session(kRight), AllOf(HasSubstr("\n235 2."), HasSubstr(accepted))) << mta_->log();
  }

 private:
  TestAuthority authority_{{"mx.example.com"}};
  std::uint16_t port_ = free_port();
  std::unique_ptr<MtaInstance> mta_;
};

class PostfixGenerateSubmission : public GenerateSubmission {};

PORTCULLIS_ON_BOTH_MTAS(GenerateSubmission);
PORTCULLIS_ON_POSTFIX(PostfixGenerateSubmission);

TEST_P(GenerateSubmission, AsksADirectoryThroughSaslauthd) {
  const DirectoryServer directory;
  const ScratchDirectory files("submission");
  const std::string sockets = files.make_directory("saslauthd");
  const std::string authentication = fmt::format(
      "source = ldap\nsocket = {}/mux\nldap_uri = {}\nldap_base = ou=people,dc=test\n"
      "ldap_bind_dn = cn=mail,dc=test\nldap_password_file = {}\n",
      sockets, directory.uri(), files.write("password", "search\n").string());
  const std::string generated =
      on_postfix() ? start<GeneratedPostfix>(authentication) / "sasl/saslauthd.conf"
                   : start<GeneratedSendmail>(authentication) / "saslauthd.conf";
  const PasswordDaemon saslauthd(sockets, generated);
  expect_that_only_the_password_opens();
}

// saslauthd would cut it short, and let nobody in.
TEST_P(GenerateSubmission, RefusesAPasswordThatSaslauthdCouldNotRead) {
  const ScratchDirectory files("submission");
  for (const char* text : {"", "\nsearch\n", " search\n", "search \n", "s\xc3\xa9same\n"}) {
    const std::string all = policy(
        "source = ldap\nldap_uri = ldap://127.0.0.1\nldap_base = dc=test\n"
        "ldap_bind_dn = cn=mail,dc=test\nldap_password_file = " +
        files.write("password", text).string() + '\n');
    const auto configuration = on_postfix() ? GeneratedPostfix(all, {}).configuration(all)
                                            : GeneratedSendmail(all, {}).configuration(all);
    Diagnostics found = configuration->findings();
    if (const auto changes = configuration->changes(); !changes) found.add_all(changes.error());
    EXPECT_THAT(found.format_all(), HasSubstr("has no password in its first line")) << text;
  }
}

TEST_P(PostfixGenerateSubmission, AsksDovecot) {
  const DovecotServer dovecot;
  start<GeneratedPostfix>(fmt::format("source = dovecot\nsocket = {}\n", dovecot.socket()));
  expect_that_only_the_password_opens();
}

}  // namespace
}  // namespace portcullis::testing
