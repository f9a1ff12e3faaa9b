// A certificate is renewed under a running MTA: the listener shows the old one until --apply, then
// the new one, and the comparison says so.

#include <memory>
#include <string>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/mta/generated/generated_sendmail.h"
#include "tests/mta/support/child_process.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/postfix_instance.h"
#include "tests/mta/support/sendmail_instance.h"
#include "tests/tls/certificate_workshop.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;

// An MTA with the directory that its configuration is in.
template <typename Instance>
class WithDirectory : public Instance {
 public:
  using Instance::Instance;
  using Instance::scratch;
};

class RenewedCertificate : public ::testing::TestWithParam<MtaKind> {
 protected:
  RenewedCertificate() {
    write("mx1.pem", "leaf.crt inter.crt", 0644);
    write("mx1.key", "leaf.key", 0600);
    write("new.pem", "other.crt inter.crt", 0644);
    write("new.key", "other.key", 0600);
    files_.write("portcullis.conf",
                 fmt::format("[listener inbound]\ncertificate = mx1\n[certificate mx1]\n"
                             "certificate = {0}/mx1.pem\nkey = {0}/mx1.key\n",
                             files_.path().string()));
    start();
  }

  CommandResult certificate(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {PORTCULLIS_PATH, "-c", files_ / "portcullis.conf", "certificate"});
    return run_command(arguments);
  }
  CommandResult compare() const {
    return certificate(
        {"check", "mx1", "--connect", "127.0.0.1:" + std::to_string(mta_->endpoint().port)});
  }
  CommandResult import(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"import",           "mx1",   "--certificate",
                                          files_ / "new.pem", "--key", files_ / "new.key"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return certificate(arguments);
  }
  std::vector<std::string> apply() const {
    return {"--apply", to_string(GetParam()), "--config-dir", directory_};
  }

 private:
  void write(const std::string& name, const std::string& contents, mode_t mode) const {
    ::chmod(files_.write(name, CertificateWorkshop::instance().text(contents)).c_str(), mode);
  }
  void start() {
    MtaOptions options;
    const std::string pem = files_ / "mx1.pem";
    const std::string key = files_ / "mx1.key";
    if (GetParam() == MtaKind::postfix) {
      options.settings = {"smtpd_tls_security_level = may", "smtpd_tls_cert_file = " + pem,
                          "smtpd_tls_key_file = " + key};
      auto postfix = std::make_unique<WithDirectory<PostfixInstance>>(options);
      directory_ = postfix->scratch() / "etc";
      mta_ = std::move(postfix);
    } else {
      // Without authorities Sendmail offers no STARTTLS.
      write("authority.pem", "root.crt", 0644);
      options.settings = {"define(`confCACERT', `" + (files_ / "authority.pem").string() + "')dnl",
                          "define(`confCACERT_PATH', `" + files_.path().string() + "')dnl",
                          "define(`confSERVER_CERT', `" + pem + "')dnl",
                          "define(`confSERVER_KEY', `" + key + "')dnl"};
      auto sendmail = std::make_unique<WithDirectory<SendmailInstance>>(options);
      directory_ = sendmail->scratch().path();
      mta_ = std::move(sendmail);
    }
    mta_->start();
  }

  ScratchDirectory files_{"renewal"};
  std::string directory_;
  std::unique_ptr<MtaInstance> mta_;
};

TEST_P(RenewedCertificate, IsShownOnceItIsApplied) {
  const CommandResult same = compare();
  EXPECT_EQ(same.status.code, 0) << same.error;
  const CommandResult imported = import(apply());
  EXPECT_EQ(imported.status.code, 0) << imported.error;
  EXPECT_THAT(imported.output, HasSubstr(" reloaded\n"));
  EXPECT_TRUE(eventually([this] { return compare().status.code == 0; })) << compare().error;
  EXPECT_EQ(
      certificate({"undo", "mx1", "--apply", apply()[1], "--config-dir", apply()[3]}).status.code,
      0);
  EXPECT_TRUE(eventually([this] { return compare().status.code == 0; })) << compare().error;
}

// Sendmail reads certificates when it starts. Postfix does in each new process, and a test cannot
// know which of them a client meets.
class RenewedUnderSendmail : public RenewedCertificate {};

TEST_P(RenewedUnderSendmail, IsMissedUntilThen) {
  EXPECT_EQ(import({}).status.code, 0);
  const CommandResult result = compare();
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, HasSubstr("\"CN=leaf\" (serial "));
}

TEST_P(RenewedCertificate, IsInPlaceEvenIfNobodyIsThereToReload) {
  const CommandResult result =
      import({"--apply", to_string(GetParam()), "--config-dir", "/nonexistent"});
  EXPECT_EQ(result.status.code, 69);
  EXPECT_THAT(result.error, HasSubstr("the files are in place, reload the mail server by hand"));
  EXPECT_EQ(certificate({"check", "mx1"}).status.code, 0);
}

// Sendmail takes the issuers that it sends from a file of `generate --apply`. Without the right one
// no client can follow the chain.
TEST(RenewedUnderGeneratedSendmail, ComesWithItsNewIssuer) {
  const auto& workshop = CertificateWorkshop::instance();
  const ScratchDirectory files("renewal");
  const auto write = [&](const std::string& name, const std::string& contents) {
    const std::string path = files.write(name, workshop.text(contents));
    ::chmod(path.c_str(), name.ends_with(".key") ? 0600 : 0644);
    return path;
  };
  const std::uint16_t port = free_port();
  const std::string policy = fmt::format(
      "[daemon]\nsocket = unix:/nowhere/milter.sock\n[mta]\nmilter_down = accept\n"
      "[listener inbound]\naddress = 127.0.0.1\nport = {}\ntls = may\ncertificate = mx1\n"
      "[certificate mx1]\ncertificate = {}\nkey = {}\n",
      port, write("mx1.pem", "leaf.crt inter.crt"), write("mx1.key", "leaf.key"));
  const std::vector<std::string> certificate = {
      PORTCULLIS_PATH, "-c", files.write("portcullis.conf", policy), "certificate"};
  const auto run = [&](const std::vector<std::string>& arguments) {
    std::vector<std::string> command = certificate;
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_command(command);
  };
  const auto is_shown_with_its_issuers = [&] {
    const auto seen = run({"check", "mx1", "--connect", fmt::format("127.0.0.1:{}", port)});
    return seen.status.code == 0 && seen.error.find("certificates in all") == std::string::npos;
  };
  GeneratedSendmail sendmail(policy, {.listeners = {{.name = "inbound", .port = port}}});
  sendmail.start();
  EXPECT_TRUE(is_shown_with_its_issuers());

  const CommandResult imported = run(
      {"import", "mx1", "--certificate", write("new.pem", "rekeyed.crt inter2.crt"), "--key",
       write("new.key", "other.key"), "--apply", "sendmail", "--config-dir", sendmail.directory()});
  EXPECT_EQ(imported.status.code, 0) << imported.error;
  EXPECT_TRUE(eventually(is_shown_with_its_issuers))
      << run({"check", "mx1", "--connect", fmt::format("127.0.0.1:{}", port)}).error;
  EXPECT_EQ(
      run({"undo", "mx1", "--apply", "sendmail", "--config-dir", sendmail.directory()}).status.code,
      0);
  EXPECT_TRUE(eventually(is_shown_with_its_issuers));
}

const auto kNameOfMta = [](const auto& info) { return to_string(info.param); };
INSTANTIATE_TEST_SUITE_P(Mtas, RenewedCertificate,
                         ::testing::Values(MtaKind::postfix, MtaKind::sendmail), kNameOfMta);
INSTANTIATE_TEST_SUITE_P(Mtas, RenewedUnderSendmail, ::testing::Values(MtaKind::sendmail),
                         kNameOfMta);

}  // namespace
}  // namespace portcullis::testing
