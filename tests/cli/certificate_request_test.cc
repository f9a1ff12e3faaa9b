// New keys: requests that an authority of openssl(1) answers, and certificates signed by
// themselves.

#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "tests/cli/certificate_fixture.h"

namespace portcullis::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Request : public PolicyCertificate {
 protected:
  Request() { write_section("hosts = mx.example.com, 192.0.2.1, 2001:db8::1\n"); }

  // What openssl(1) reads in it.
  static std::string request_text(const std::string& file) {
    return run_command({"openssl", "req", "-noout", "-verify", "-text", "-in", file}).output;
  }
  static std::string certificate_text(const std::string& file) {
    return run_command({"openssl", "x509", "-noout", "-text", "-in", file}).output;
  }
  // The authority answers.
  std::string signed_by_authority(const std::string& request) const {
    const std::string path = scratch_ / "answer.pem";
    const auto result = run_command(
        {"openssl", "x509", "-req", "-in", request, "-CA", workshop().path("inter.crt"), "-CAkey",
         workshop().path("inter.key"), "-days", "90", "-copy_extensions", "copy", "-out", path});
    EXPECT_EQ(result.status.code, 0) << result.error;
    return path;
  }
};

TEST_F(Request, SignedByAnAuthorityAndImported) {
  put_good_set();
  const auto before = files();
  const std::string request = scratch_ / "mx1.csr";
  const CommandResult made = certificate({"request", "mx1", "--output", request});
  EXPECT_EQ(made.status.code, 0) << made.error;
  EXPECT_THAT(made.error, HasSubstr("portcullis certificate import mx1 --certificate FILE"));
  EXPECT_EQ(read_file(key_), before.at("mx1.key"));  // the key in use stays in use
  EXPECT_THAT(request_text(request),
              AllOf(HasSubstr("Subject: CN = mx.example.com"), HasSubstr("(256 bit)"),
                    HasSubstr("DNS:mx.example.com, IP Address:192.0.2.1, "
                              "IP Address:2001:DB8:0:0:0:0:0:1")));
  const std::string new_key = read_file(key_ + ".new");
  struct stat state {};
  ASSERT_EQ(::stat((key_ + ".new").c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 07777, 0600U);

  const CommandResult result =
      certificate({"import", "mx1", "--certificate", signed_by_authority(request), "--chain",
                   workshop().path("inter.crt")});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(read_file(key_), new_key);
  EXPECT_EQ(read_file(key_ + ".new"), "");
  EXPECT_EQ(files().at("mx1.key.previous"), before.at("mx1.key"));
  // A renewal for the same key needs no key.
  EXPECT_EQ(certificate({"import", "mx1", "--certificate", signed_by_authority(request), "--chain",
                         workshop().path("inter.crt")})
                .status.code,
            0);
  EXPECT_EQ(read_file(key_), new_key);
}

TEST_F(Request, AnAnswerToAnotherRequestIsRefused) {
  put_good_set();
  ASSERT_EQ(certificate({"request", "mx1"}).status.code, 0);
  const auto before = files();
  const CommandResult result =
      certificate({"import", "mx1", "--certificate", workshop().path("other.crt")});
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, HasSubstr("is not the key of the certificate"));
  EXPECT_EQ(files(), before);
  // That of the key in use is taken, and the new key goes on waiting.
  write_section();
  EXPECT_EQ(certificate({"import", "mx1", "--certificate", workshop().path("leaf.crt"), "--chain",
                         workshop().path("inter.crt")})
                .status.code,
            0);
  EXPECT_EQ(files().at("mx1.key.new"), before.at("mx1.key.new"));
}

TEST_F(Request, AKeyThatWaitsIsNotForgottenByItself) {
  ASSERT_EQ(certificate({"request", "mx1"}).status.code, 0);
  const auto before = files();
  const CommandResult again = certificate({"request", "mx1"});
  EXPECT_EQ(again.status.code, 65);
  EXPECT_THAT(again.error, HasSubstr("is the key of a request that has not been answered"));
  EXPECT_EQ(files(), before);
  EXPECT_EQ(certificate({"request", "mx1", "--force"}).status.code, 0);
  EXPECT_NE(files(), before);
  EXPECT_EQ(files().size(), 1U);
}

// The key of a request that nobody has got would wait for ever.
TEST_F(Request, WithoutARequestThereIsNoKey) {
  const std::string nowhere = scratch_ / "none/mx1.csr";
  EXPECT_EQ(certificate({"request", "mx1", "--output", nowhere}).status.code, 74);
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(certificate({"request", "mx1"}).status.code, 0);
  const auto before = files();
  EXPECT_EQ(certificate({"request", "mx1", "--force", "--output", nowhere}).status.code, 74);
  EXPECT_EQ(files(), before);
}

TEST_F(Request, KindsOfKeys) {
  const std::string request = scratch_ / "mx1.csr";
  const auto made = [&](const std::string& type) {
    const auto answer = certificate(
        {"request", "mx1", "--force", "--key-type", type, "--host", "a.example.com", "--json"});
    EXPECT_EQ(answer.status.code, 0) << answer.error;
    const auto printed = nlohmann::ordered_json::parse(answer.output);
    EXPECT_THAT(keys_of(printed),
                ElementsAre("name", "key_file", "key_type", "hosts", "output", "request"));
    return request_text(source("mx1.csr", printed["request"].get<std::string>()));
  };
  EXPECT_THAT(made("ecdsa-p384"), AllOf(HasSubstr("secp384r1"), HasSubstr("ecdsa-with-SHA384")));
  EXPECT_THAT(made("rsa-3072"), AllOf(HasSubstr("(3072 bit)"), HasSubstr("sha256WithRSA")));
  EXPECT_THAT(made("ecdsa-p256"), AllOf(HasSubstr("prime256v1"), HasSubstr("DNS:a.example.com")));
  EXPECT_EQ(certificate({"request", "mx1", "--key-type", "dsa"}).status.code, 64);
}

TEST_F(Request, AHostIsNeverSyntax) {
  for (const std::string host :
       {"a,DNS:b.example.com", "a\nb", "copy", "email:copy,DNS:x", "*.example.com", ".a.example"}) {
    const CommandResult result = certificate({"request", "mx1", "--host", host});
    if (host == "copy") {
      EXPECT_EQ(result.status.code, 0);
      EXPECT_THAT(request_text(source("c.csr", result.output)), HasSubstr("DNS:copy\n"));
    } else {
      EXPECT_EQ(result.status.code, 65) << host;
    }
  }
  write_section();
  EXPECT_EQ(certificate({"request", "mx1", "--force"}).status.code, 64);  // no host at all
}

TEST_F(Request, ALongNameLeavesTheSubjectEmpty) {
  const std::string label(40, 'a');
  const CommandResult result =
      certificate({"request", "mx1", "--host", label + "." + label + ".example.com"});
  ASSERT_EQ(result.status.code, 0);
  EXPECT_THAT(request_text(source("l.csr", result.output)),
              HasSubstr("X509v3 Subject Alternative Name: critical"));
}

TEST_F(Request, SelfSignedIsRightAtOnce) {
  for (const std::string type : {"ecdsa-p256", "ecdsa-p384", "rsa-3072"}) {
    EXPECT_EQ(certificate({"self-signed", "mx1", "--days", "30", "--key-type", type}).status.code,
              0);
    EXPECT_THAT(certificate_text(pem_),
                AllOf(HasSubstr("CA:FALSE"), HasSubstr("TLS Web Server Authentication"),
                      HasSubstr("DNS:mx.example.com, IP Address:192.0.2.1")));
    const auto checked = json::parse(certificate({"check", "mx1", "--json"}).output);
    EXPECT_EQ(checked["codes"], json({{"self-signed", 1}})) << checked["codes"];
    EXPECT_EQ(run_command({"openssl", "verify", "-CAfile", pem_, pem_}).status.code, 0);
  }
}

TEST_F(Request, SelfSignedMustCoverTheHostsOfThePolicy) {
  const CommandResult result = certificate({"self-signed", "mx1", "--host", "mx.example.com"});
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, AllOf(HasSubstr("does not cover \"192.0.2.1\""),
                                  HasSubstr("portcullis: mx1: nothing was changed\n")));
  EXPECT_TRUE(files().empty());
}

TEST_F(Request, SelfSignedDoesNotReplaceWhatAnAuthorityIssued) {
  put_good_set();
  const auto before = files();
  const CommandResult refused = certificate({"self-signed", "mx1"});
  EXPECT_EQ(refused.status.code, 65);
  EXPECT_THAT(refused.error, HasSubstr("was issued by CN=inter; give --force"));
  EXPECT_EQ(files(), before);
  EXPECT_EQ(certificate({"self-signed", "mx1", "--force"}).status.code, 0);
  EXPECT_EQ(files().at("mx1.pem.previous"), before.at("mx1.pem"));
  EXPECT_EQ(certificate({"self-signed", "mx1", "--days", "0"}).status.code, 64);
}

class Listed : public PolicyCertificate {};

TEST_F(Listed, AllOfThePolicyWithItsLines) {
  put_good_set();
  write_section(
      "hosts =\n  mx.example.com,\n  other.example.net\n[certificate mx2]\ncertificate = " +
      folder_ + "/mx2.pem\nkey = " + folder_ + "/mx2.key\n");
  const CommandResult checked = certificate({"check"});
  EXPECT_EQ(checked.status.code, 65);
  EXPECT_THAT(checked.output, AllOf(HasSubstr("mx1: CN=leaf until "), HasSubstr("mx2: 2 errors")));
  EXPECT_THAT(
      checked.error,
      AllOf(HasSubstr("portcullis.conf:9: error: \"" + pem_ +
                      "\" (line 1): \"CN=leaf\" does not cover \"other.example.net\""),
            HasSubstr("portcullis.conf:11: error: \"" + folder_ + "/mx2.pem\" cannot be "),
            HasSubstr("portcullis.conf:12: error: \"" + folder_ + "/mx2.key\" cannot be ")));
  const CommandResult listed = certificate({"list"});
  EXPECT_EQ(listed.status.code, 0);
  EXPECT_THAT(listed.output, AllOf(StartsWith("certificate  expires "),
                                   HasSubstr("error    inbound\n"), HasSubstr("error    none\n")));
  const auto answer = nlohmann::ordered_json::parse(certificate({"list", "--json"}).output);
  EXPECT_THAT(keys_of(answer["certificates"][0]),
              ElementsAre("name", "line", "certificate", "key", "chain", "hosts", "listeners",
                          "subject", "not_after", "days_left", "state", "errors", "warnings"));
  // At a time that does not pass while the test runs.
  const std::string end = answer["certificates"][0]["not_after"];
  const auto at_its_end =
      nlohmann::ordered_json::parse(certificate({"list", "--json", "--at", end}).output);
  EXPECT_EQ(at_its_end["certificates"][0]["days_left"], 0);
  const auto all = nlohmann::ordered_json::parse(certificate({"check", "--json"}).output);
  EXPECT_THAT(keys_of(all),
              ElementsAre("ok", "errors", "warnings", "notes", "diagnostics", "codes", "sets"));
}

TEST_F(Listed, AnImportThatWasCutShortIsSeen) {
  put_good_set();
  scratch_.write("tls/.mx1.pem.installing", "");
  EXPECT_THAT(certificate({"check", "mx1"}).error, HasSubstr("an import of it was cut short"));
}

TEST_F(Listed, ShowTakesANameToo) {
  put_good_set();
  EXPECT_EQ(certificate({"show", "mx1"}).output, certificate({"show", pem_}).output);
}

TEST_F(Listed, NameAndFilesExcludeEachOther) {
  EXPECT_EQ(certificate({"check", "mx1", "--key", "x"}).status.code, 64);
  EXPECT_EQ(certificate({"check", "--host", "x"}).status.code, 64);
  EXPECT_EQ(certificate({"check", "--connect", "127.0.0.1:25"}).status.code, 64);
  EXPECT_EQ(certificate({"check", "mx1", "--implicit"}).status.code, 64);
}

}  // namespace
}  // namespace portcullis::testing
