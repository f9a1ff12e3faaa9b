// Entries that are host names: only for a client whose name the MTA has confirmed.

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

constexpr const char* kPartnersOnly = R"(
[listener inbound]
default = deny
[class partners]
action = permit
clients = mx.partner.test, .customers.test
[class blocked]
action = deny
clients = bad.customers.test
)";

// The MTA's resolver is a hosts file.
class HostName : public GuardedMtaTest {
 protected:
  std::unique_ptr<GuardedMta> make_host() override {
    MtaOptions options = GuardedMta::three_services();
    options.hosts = {{"127.0.0.9", "mx.partner.test"},
                     {"127.0.0.10", "mail.EU.Customers.test"},
                     {"127.0.0.11", "bad.customers.test"},
                     {"127.0.0.12", "notcustomers.test"}};
    return std::make_unique<GuardedMta>(GetParam(), kPartnersOnly, std::move(options));
  }
};
PORTCULLIS_ON_BOTH_MTAS(HostName);

TEST_P(HostName, ExactNameAndDomainPermitTheirConfirmedClients) {
  host().use_policy(kPartnersOnly);
  expect_permitted("127.0.0.9");
  expect_permitted("127.0.0.10");
  EXPECT_TRUE(daemon().wait_for_log("client=mx.partner.test[127.0.0.9]").has_value())
      << daemon().log();
}

TEST_P(HostName, LongestSuffixWins) {
  host().use_policy(kPartnersOnly);
  expect_denied("127.0.0.11");
}

TEST_P(HostName, DomainEndsAtADot) {
  host().use_policy(kPartnersOnly);
  expect_denied("127.0.0.12");
}

TEST_P(HostName, AddressEntryGoesBeforeAName) {
  host().use_policy(std::string(kPartnersOnly) +
                    "[class networks]\naction = deny\nclients = 127.0.0.8/30\n");
  expect_denied("127.0.0.9");
}

TEST_P(HostName, HeloNameIsNoProof) {
  host().use_policy(kPartnersOnly);
  SmtpClient liar = client_from("127.0.0.77");
  const Conversation told = converse(liar, "mx.partner.test");
  EXPECT_EQ(told.banner.code, 554) << told.transcript;
  EXPECT_EQ(told.mail.code / 100, 5) << told.transcript;
}

// XCLIENT tells Postfix what its resolver would have told it.
class XclientName : public GuardedMtaTest {
 protected:
  std::unique_ptr<GuardedMta> make_host() override {
    MtaOptions options;
    options.listeners = {ListenerSpec{.name = "inbound"}};
    options.xclient = true;
    return std::make_unique<GuardedMta>(
        GetParam(),
        std::string(kPartnersOnly) + "[class proxy]\naction = permit\nclients = 127.0.0.1\n",
        std::move(options));
  }

  // The banner that the client gets who is now said to be this one.
  static SmtpReplyLines banner_for(const std::string& attributes) {
    SmtpClient client = greeted("127.0.0.1");
    client.command("EHLO proxy.test");
    return client.xclient(attributes);
  }
};
PORTCULLIS_ON_POSTFIX(XclientName);

TEST_P(XclientName, ConfirmedNamePermits) {
  EXPECT_EQ(banner_for("ADDR=192.0.2.1 NAME=mx.partner.test").code, 220);
  EXPECT_EQ(banner_for("ADDR=IPV6:2001:db8::1 NAME=mx.eu.customers.test").code, 220);
  EXPECT_EQ(banner_for("ADDR=192.0.2.1 NAME=MX.Partner.TEST").code, 220);
  EXPECT_EQ(banner_for("ADDR=192.0.2.1 NAME=mx2.partner.test").code, 554);
}

TEST_P(XclientName, UnconfirmedNameNeverPermits) {
  EXPECT_EQ(banner_for("ADDR=192.0.2.1 NAME=[UNAVAILABLE] REVERSE_NAME=mx.partner.test").code, 554);
  EXPECT_EQ(banner_for("ADDR=192.0.2.2 NAME=[TEMPUNAVAIL] REVERSE_NAME=mx.partner.test").code, 554);
  EXPECT_TRUE(daemon().wait_for_log("client=unknown[192.0.2.1]").has_value()) << daemon().log();
}

}  // namespace
}  // namespace portcullis::testing
