// The life of a certificate of the policy: self-signed, requested, signed by an authority that
// openssl plays, imported, refused, taken back.
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class CertificateImport : public Cli {
 protected:
  CertificateImport() {
    write_policy(
        "[listener inbound]\ntls = may\ncertificate = mx\n[certificate mx]\ncertificate = " +
        file("mx.pem") + "\nkey = " + file("mx.key") + "\nhosts = mx.example.com\n");
  }

  std::string file(const std::string& name) const {
    return fs::path(policy_path()).parent_path() / name;
  }

  CommandResult certificate(std::vector<std::string> words) {
    words.insert(words.begin(), "certificate");
    return run_here(words);
  }

  // Fails the test if the command does.
  void expect_done(const std::vector<std::string>& words) {
    const CommandResult result = certificate(words);
    EXPECT_EQ(result.status.code, 0) << result.error;
  }

  static void openssl(const std::vector<std::string>& words) {
    std::vector<std::string> command = {"openssl"};
    command.insert(command.end(), words.begin(), words.end());
    const CommandResult result = run_command(command);
    ASSERT_TRUE(result.status.success()) << result.error;
  }

  // A request signed by an authority of this test.
  void sign(const std::string& request, const std::string& signed_certificate) const {
    openssl({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", file("ca.key"), "-out",
             file("ca.pem"), "-days", "90", "-subj", "/CN=ca"});
    openssl({"x509", "-req", "-in", request, "-CA", file("ca.pem"), "-CAkey", file("ca.key"),
             "-days", "60", "-copy_extensions", "copy", "-out", signed_certificate});
  }
};

TEST_F(CertificateImport, SelfSignedMakesAPairForTheHostsOfThePolicy) {
  expect_done({"self-signed", "mx", "--key-type", "ecdsa-p384"});
  struct stat state {};
  ASSERT_EQ(::stat(file("mx.key").c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 07777, 0600U);
  EXPECT_EQ(certificate({"check"}).status.code, 0);
  EXPECT_THAT(certificate({"show", "mx"}).output, HasSubstr("mx.example.com"));
  const auto listed = nlohmann::json::parse(certificate({"list", "--json"}).output);
  EXPECT_THAT(listed.dump(), HasSubstr("inbound"));
}

TEST_F(CertificateImport, ARequestIsSignedAndItsCertificateImported) {
  expect_done({"self-signed", "mx"});
  const std::string before = read_file(file("mx.pem"));
  expect_done({"request", "mx", "--output", file("mx.csr")});
  EXPECT_EQ(read_file(file("mx.pem")), before) << "a request changes nothing in use";
  sign(file("mx.csr"), file("new.pem"));
  expect_done({"import", "mx", "--certificate", file("new.pem"), "--chain", file("ca.pem")});
  EXPECT_NE(read_file(file("mx.pem")), before);
  EXPECT_EQ(certificate({"check", "mx"}).status.code, 0);
  expect_done({"undo", "mx"});
  EXPECT_EQ(read_file(file("mx.pem")), before);
}

TEST_F(CertificateImport, AMismatchedPairIsNeverInstalled) {
  expect_done({"self-signed", "mx"});
  const std::string pem = read_file(file("mx.pem"));
  const std::string key = read_file(file("mx.key"));
  expect_done({"request", "mx", "--output", file("mx.csr")});
  sign(file("mx.csr"), file("new.pem"));
  const CommandResult result =
      certificate({"import", "mx", "--certificate", file("new.pem"), "--key", file("ca.key")});
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, HasSubstr("is not the key of the certificate"));
  EXPECT_EQ(read_file(file("mx.pem")), pem);
  EXPECT_EQ(read_file(file("mx.key")), key);
}

TEST_F(CertificateImport, TakesPkcs12WithItsPassphraseAlone) {
  expect_done({"request", "mx", "--output", file("mx.csr")});
  sign(file("mx.csr"), file("new.pem"));
  openssl({"pkcs12", "-export", "-in", file("new.pem"), "-inkey", file("mx.key.new"), "-certfile",
           file("ca.pem"), "-passout", "pass:right", "-out", file("mx.p12")});
  write_list("right", "right\n");
  write_list("wrong", "wrong\n");
  for (const char* const name : {"right", "wrong"}) ::chmod(file(name).c_str(), 0600);
  EXPECT_NE(
      certificate({"import", "mx", "--pkcs12", file("mx.p12"), "--passphrase-file", file("wrong")})
          .status.code,
      0);
  EXPECT_FALSE(fs::exists(file("mx.pem")));
  expect_done({"import", "mx", "--pkcs12", file("mx.p12"), "--passphrase-file", file("right")});
  EXPECT_EQ(certificate({"check", "mx"}).status.code, 0);
}

}  // namespace
}  // namespace portcullis::testing
