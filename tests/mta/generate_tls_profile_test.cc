// [mta] tls_profile on a generated Postfix and Sendmail: which protocols a client may speak.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mta/generated/generated_mta.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/guarded_mta_test.h"
#include "tests/mta/support/openssl_client.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kOldest = "-cipher DEFAULT@SECLEVEL=0 ";

class GenerateTlsProfile : public ::testing::TestWithParam<MtaKind> {
 protected:
  // Offers TLS on one port and has it from the first byte on the other.
  void start(const std::string& profile) {
    mta_ = make_generated(
        GetParam(),
        fmt::format("[daemon]\nsocket = unix:/nowhere/milter.sock\n"
                    "[mta]\nmilter_down = accept\ntls_profile = {}\n"
                    "[listener inbound]\naddress = 127.0.0.1\nport = {}\nimplicit_tls_port = {}\n"
                    "tls = may\ncertificate = mx\n"
                    "[certificate mx]\ncertificate = {}\nkey = {}\n",
                    profile, port_, implicit_, authority_.path("mx.example.com.pem"),
                    authority_.path("mx.example.com.key")),
        {.listeners = {{.name = "inbound", .port = port_}}});
    mta_->start();
  }

  std::string starttls(const std::string& arguments) const {
    return patient_openssl_client({.address = "127.0.0.1", .port = port_},
                                  "-starttls smtp " + arguments, "EHLO a.test\nQUIT\n");
  }
  std::string implicit(const std::string& arguments) const {
    return patient_openssl_client({.address = "127.0.0.1", .port = implicit_}, arguments,
                                  "EHLO a.test\nQUIT\n");
  }

  // Served: the answer to EHLO came through TLS.
  void expect_served(const std::string& arguments, const std::string& protocol) const {
    for (const std::string& said : {starttls(arguments), implicit(arguments)}) {
      EXPECT_THAT(said, HasSubstr(protocol + ", Cipher is ")) << mta_->log();
      EXPECT_THAT(said, HasSubstr("\n221 ")) << mta_->log();
    }
  }
  void expect_refused(const std::string& arguments) const {
    for (const std::string& said : {starttls(arguments), implicit(arguments)}) {
      EXPECT_THAT(said, HasSubstr("alert protocol version"));
      EXPECT_THAT(said, HasSubstr("Cipher is (NONE)"));
    }
  }

 private:
  TestAuthority authority_{{"mx.example.com"}};
  std::uint16_t port_ = free_port();
  std::uint16_t implicit_ = free_port();
  std::unique_ptr<MtaInstance> mta_;
};

PORTCULLIS_ON_BOTH_MTAS(GenerateTlsProfile);

TEST_P(GenerateTlsProfile, ModernIsTls13Only) {
  start("modern");
  expect_served("-tls1_3", "TLSv1.3");
  expect_served("", "TLSv1.3");
  expect_refused("-tls1_2");
  expect_refused(std::string(kOldest) + "-tls1_1");
}

TEST_P(GenerateTlsProfile, IntermediateStartsAtTls12) {
  start("intermediate");
  expect_served("-tls1_3", "TLSv1.3");
  expect_served("-tls1_2", "TLSv1.2");
  expect_refused(std::string(kOldest) + "-tls1_1");
  expect_refused(std::string(kOldest) + "-tls1");
}

}  // namespace
}  // namespace portcullis::testing
