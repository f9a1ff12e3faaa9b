// `portcullis certificate` as it is typed; tests/tls/ asks what it finds.

#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A self-signed certificate for mx.example.com, and its key.
class Certificate : public Cli {
 protected:
  void SetUp() override {
    const auto made = run_command({"openssl",
                                   "req",
                                   "-x509",
                                   "-newkey",
                                   "ec",
                                   "-pkeyopt",
                                   "ec_paramgen_curve:P-256",
                                   "-noenc",
                                   "-subj",
                                   "/CN=mx",
                                   "-days",
                                   "365",
                                   "-keyout",
                                   key_,
                                   "-out",
                                   certificate_,
                                   "-addext",
                                   "subjectAltName=DNS:mx.example.com",
                                   "-addext",
                                   "basicConstraints=critical,CA:FALSE"});
    ASSERT_TRUE(made.status.success()) << made.error;
    ::chmod(key_.c_str(), 0600);
  }
  std::vector<std::string> check(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"certificate", "check", "--certificate",
                                          certificate_,  "--key", key_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  const std::string certificate_ = scratch_ / "mx.crt";
  const std::string key_ = scratch_ / "mx.key";
};

TEST_F(Certificate, ANoteIsNoFailure) {
  const CommandResult result = run(check({"--host", "mx.example.com"}));
  EXPECT_EQ(result.status.code, 0);
  EXPECT_THAT(result.output, AllOf(StartsWith(certificate_ + ": CN=mx until "),
                                   HasSubstr(", 1 certificate: no errors, 1 note\n")));
  EXPECT_EQ(result.error,
            certificate_ +
                ":1: note: \"CN=mx\" is signed by itself\n"
                "    mail is encrypted with it, but clients cannot tell who you are\n");
}

TEST_F(Certificate, ErrorsEndWith65) {
  const CommandResult result = run(check({"--host", "a.example.com", "--host", "b.example.com"}));
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.output, HasSubstr(": 2 errors, 1 note\n"));
  EXPECT_THAT(result.error, AllOf(HasSubstr("\"a.example.com\""), HasSubstr("\"b.example.com\"")));
}

TEST_F(Certificate, AtAnotherTime) {
  const CommandResult result = run(check({"--at", "2001-01-01T00:00:00Z"}));
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, HasSubstr("is not valid before "));
}

TEST_F(Certificate, BadArgumentsAreNamed) {
  EXPECT_EQ(run({"certificate", "check", "--certificate", certificate_}).status.code, 64);
  EXPECT_EQ(run({"certificate", "show"}).status.code, 64);
  const CommandResult result = run(check({"--host", "mx example"}));
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, StartsWith("portcullis: --host \"mx example\" "));
  EXPECT_EQ(run(check({"--at", "tomorrow"})).status.code, 65);
}

TEST_F(Certificate, JsonHasTheKeysThatArePromised) {
  const CommandResult result = run(check({"--json"}));
  EXPECT_EQ(result.status.code, 0);
  const auto json = nlohmann::ordered_json::parse(result.output);
  EXPECT_THAT(keys_of(json), ElementsAre("ok", "errors", "warnings", "notes", "diagnostics",
                                         "codes", "certificates"));
  EXPECT_EQ(json["codes"]["self-signed"], 1);
  EXPECT_THAT(keys_of(json["certificates"][0]),
              ElementsAre("file", "line", "subject", "issuer", "serial", "names", "not_before",
                          "not_after", "key", "signature", "sha256", "ca", "self_signed"));
}

TEST_F(Certificate, ShowPrintsWhatAFileHolds) {
  const CommandResult result = run({"certificate", "show", certificate_});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_THAT(result.output, AllOf(StartsWith(certificate_ + ":1\n  subject    CN=mx\n"),
                                   HasSubstr("  issuer     itself\n"),
                                   HasSubstr("  names      mx.example.com\n")));
  EXPECT_EQ(run({"certificate", "show", key_}).status.code, 65);
}

}  // namespace
}  // namespace portcullis::testing
