// What find_undeliverable() says of a policy: one code for each thing that no MTA can be made to
// do.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/mta_settings.h"
#include "config/policy_file.h"
#include "tests/support/golden.h"

namespace portcullis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kCertificate =
    "[certificate mx]\ncertificate = /etc/tls/mx.pem\nkey = /etc/tls/mx.key\n";

// "error same-service policy.conf:5" of each finding.
std::vector<std::string> findings(const std::string& policy) {
  const golden::ScratchFolder folder;
  const auto loaded = load_policy(folder.file("policy.conf", policy));
  if (!loaded) return {loaded.error().format_all()};
  std::vector<std::string> all;
  for (const Diagnostic& d : find_undeliverable(loaded->mta).sorted()) {
    all.push_back(std::string(to_string(d.severity)) + ' ' + std::string(d.code) + ' ' +
                  std::to_string(d.line));
  }
  return all;
}

TEST(FindUndeliverable, TakesWhatCanBeDone) {
  EXPECT_THAT(findings("[listener inbound]\n"), IsEmpty());
  EXPECT_THAT(findings(std::string("[listener inbound]\ntls = may\ncertificate = mx\n"
                                   "[listener submission]\nrole = submission\nport = 587\n"
                                   "tls = require\ncertificate = mx\n"
                                   "[authentication]\nsource = saslauthd\n") +
                       kCertificate),
              IsEmpty());
}

TEST(FindUndeliverable, AsksForACertificate) {
  EXPECT_THAT(findings("[listener a]\ntls = may\n"), ElementsAre("error no-certificate 2"));
  EXPECT_THAT(findings("[listener a]\nimplicit_tls_port = 465\n"),
              ElementsAre("error no-certificate 2"));
}

TEST(FindUndeliverable, WarnsOfTlsThatEveryoneMustHave) {
  const std::string tls = std::string("tls = require\ncertificate = mx\n") + kCertificate;
  EXPECT_THAT(findings("[listener a]\n" + tls), ElementsAre("warning tls-required-of-everyone 2"));
  EXPECT_THAT(findings("[listener a]\nport = 2525\n" + tls), IsEmpty());
  EXPECT_THAT(findings("[listener a]\naddress = loopback\n" + tls), IsEmpty());
}

TEST(FindUndeliverable, KnowsWhatClientCertificatesNeed) {
  EXPECT_THAT(findings(std::string("[listener a]\ntls = may\ncertificate = mx\n"
                                   "client_certificate = require\n") +
                       kCertificate),
              ElementsAre("error client-certificate 4", "error client-certificate 4"));
  EXPECT_THAT(findings("[listener a]\nclient_certificate = request\n"),
              ElementsAre("warning client-certificate 2"));
}

TEST(FindUndeliverable, KnowsWhatSubmissionNeeds) {
  EXPECT_THAT(findings("[listener a]\nrole = submission\nport = 587\n"),
              ElementsAre("error no-authentication 2", "error no-certificate 2"));
}

TEST(FindUndeliverable, SeesServicesOnOneAddressAndPort) {
  EXPECT_THAT(findings("[listener a]\n[listener b]\naddress = 192.0.2.1\n"),
              ElementsAre("error same-service 2"));
  EXPECT_THAT(findings("[listener a]\naddress = loopback\n[listener b]\naddress = 127.0.0.1\n"),
              ElementsAre("error same-service 3"));
  EXPECT_THAT(findings("[listener a]\naddress = 192.0.2.1\n[listener b]\naddress = 192.0.2.2\n"),
              IsEmpty());
}

TEST(FindUndeliverable, WantsADomainOnce) {
  EXPECT_THAT(findings("[listener a]\n[route r]\ndomains = a.example\nhosts = 192.0.2.1\n"
                       "[route s]\ndomains = b.example, A.example\nhosts = 192.0.2.2\n"),
              ElementsAre("error domain-twice 6"));
}

TEST(FindUndeliverable, KnowsWhatADirectoryNeeds) {
  EXPECT_THAT(findings("[listener a]\n[authentication]\nsource = ldap\nsasldb = /etc/sasldb2\n"),
              ElementsAre("error no-authentication 3", "error no-authentication 3",
                          "warning useless-option 4"));
}

TEST(FindUndeliverable, QuotesTheRfc) {
  EXPECT_THAT(
      findings("[listener a]\nidle_timeout = 1m\n[mta]\nmax_recipients = 99\n"
               "milter_down = accept\n"),
      ElementsAre("warning short-timeout 2", "warning few-recipients 4", "warning open-door 5"));
}

}  // namespace
}  // namespace portcullis
