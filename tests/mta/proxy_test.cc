// Clients behind a proxy that Postfix trusts: XCLIENT, and HAProxy's PROXY header. The verdict and
// the count are those of the client that is named. Sendmail knows neither.

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

constexpr const char* kPolicy = R"(
[listener inbound]
max_connections_per_client = 2
[class proxies]
action = permit
clients = 127.0.0.0/8
max_connections_per_client = 50
[class partners]
action = permit
clients = 192.0.2.0/24, 2001:db8:1::/48
[class blocked]
action = deny
clients = 203.0.113.0/24, 2001:db8:bad::/48, 127.0.66.0/24
)";

class Xclient : public GuardedMtaTest {
 protected:
  std::unique_ptr<GuardedMta> make_host() override {
    MtaOptions options = GuardedMta::three_services();
    options.xclient = true;
    return std::make_unique<GuardedMta>(GetParam(), kPolicy, std::move(options));
  }

  void SetUp() override {
    GuardedMtaTest::SetUp();
    host().use_policy(kPolicy);
  }

  // A proxy that has said hello; Postfix knows XCLIENT only then.
  static SmtpClient proxy(const std::string& source = "127.0.0.1") {
    SmtpClient client = greeted(source);
    EXPECT_EQ(client.command("EHLO proxy.test").code, 250);
    return client;
  }

  static Gauges one_of(const std::string& client_class) {
    Gauges gauges{.sessions = 1, .counted = 1, .listeners = {{"inbound", 1}}};
    if (!client_class.empty()) gauges.classes[client_class] = 1;
    return gauges;
  }
};
PORTCULLIS_ON_POSTFIX(Xclient);

TEST_P(Xclient, VerdictIsThatOfTheNewAddress) {
  const std::vector<std::pair<std::string, int>> clients = {{"192.0.2.7", 220},
                                                            {"203.0.113.7", 554},
                                                            {"IPV6:2001:db8:1::7", 220},
                                                            {"IPV6:2001:db8:bad::7", 554},
                                                            {"IPV6:::ffff:203.0.113.9", 554},
                                                            {"198.51.100.7", 220}};
  for (const auto& [address, code] : clients) {
    SmtpClient client = proxy();
    EXPECT_EQ(client.xclient("ADDR=" + address).code, code) << client.transcript_text();
    EXPECT_EQ(client.command("EHLO client.test").code, 250) << client.transcript_text();
    EXPECT_EQ(client.command("MAIL FROM:<a@client.test>").code / 100, code == 220 ? 2 : 5)
        << client.transcript_text();
  }
}

TEST_P(Xclient, FirstLeaseEndsWhenTheNewOneIsTaken) {
  SmtpClient client = proxy();
  EXPECT_EQ(host().gauges(), one_of("proxies"));
  EXPECT_EQ(client.xclient("ADDR=127.0.5.5").code, 220);
  EXPECT_EQ(client.command("EHLO proxy.test").code, 250);
  EXPECT_TRUE(host().reaches(one_of("proxies"))) << to_string(host().gauges());
  EXPECT_EQ(client.xclient("ADDR=192.0.2.7").code, 220) << client.transcript_text();
  EXPECT_TRUE(host().reaches(one_of("partners"))) << to_string(host().gauges());
  client.quit();
  EXPECT_TRUE(host().reaches({})) << to_string(host().gauges());
}

TEST_P(Xclient, LimitIsThatOfTheNewAddress) {
  SmtpClient one = proxy();
  SmtpClient two = proxy();
  SmtpClient three = proxy();
  EXPECT_EQ(one.xclient("ADDR=192.0.2.7").code, 220);
  EXPECT_EQ(two.xclient("ADDR=192.0.2.7").code, 220);
  EXPECT_EQ(three.xclient("ADDR=192.0.2.7").code, 421) << three.transcript_text();
  EXPECT_TRUE(three.closed_by_peer());
  EXPECT_TRUE(host().reaches(
      {.sessions = 2, .counted = 2, .listeners = {{"inbound", 2}}, .classes = {{"partners", 2}}}))
      << to_string(host().gauges());
  SmtpClient other = proxy();
  EXPECT_EQ(other.xclient("ADDR=192.0.2.8").code, 220) << other.transcript_text();
}

TEST_P(Xclient, LimitIsThatOfTheNewIpv6Network) {
  SmtpClient one = proxy();
  SmtpClient two = proxy();
  SmtpClient same = proxy();
  SmtpClient other = proxy();
  EXPECT_EQ(one.xclient("ADDR=IPV6:2001:db8:1:2::1").code, 220);
  EXPECT_EQ(two.xclient("ADDR=IPV6:2001:db8:1:2::2").code, 220);
  EXPECT_EQ(same.xclient("ADDR=IPV6:2001:db8:1:2:ffff::3").code, 421) << "the same /64";
  EXPECT_EQ(other.xclient("ADDR=IPV6:2001:db8:1:3::1").code, 220) << "another /64";
}

TEST_P(Xclient, DeniedProxyIsDeniedBeforeItCanNameAnyone) {
  SmtpClient client = client_from("127.0.66.1");
  EXPECT_EQ(client.read_banner().code, 554);
  EXPECT_EQ(host().gauges().counted, 0);
}

// Postfix then announces no client at all, only the end of the session.
TEST_P(Xclient, UnknownAddressIsDeferredAndLeavesNoCount) {
  SmtpClient client = proxy();
  client.xclient("ADDR=[UNAVAILABLE]");
  client.command("EHLO client.test");
  EXPECT_EQ(client.command("MAIL FROM:<a@client.test>").code, 451) << client.transcript_text();
  client.quit();
  EXPECT_TRUE(host().reaches({})) << to_string(host().gauges());
  EXPECT_EQ(daemon().status().at("internal_errors"), 0);
}

class HaproxyHeader : public GuardedMtaTest {
 protected:
  std::unique_ptr<GuardedMta> make_host() override {
    MtaOptions options;
    options.listeners = {ListenerSpec{.name = "inbound", .haproxy = true}};
    return std::make_unique<GuardedMta>(GetParam(), kPolicy, std::move(options));
  }

  static SmtpClient client_behind_proxy(const std::string& address) {
    SmtpClient client = client_from("127.0.0.1");
    const std::string destination =
        address.find(':') == std::string::npos ? "198.51.100.25" : "2001:db8::25";
    client.send_proxy_header({.address = address, .port = 5555},
                             {.address = destination, .port = 25});
    return client;
  }
};
PORTCULLIS_ON_POSTFIX(HaproxyHeader);

TEST_P(HaproxyHeader, VerdictIsThatOfTheAddressInTheHeader) {
  const std::vector<std::pair<std::string, int>> clients = {
      {"192.0.2.7", 220}, {"203.0.113.7", 554}, {"2001:db8:1::7", 220}, {"2001:db8:bad::7", 554}};
  for (const auto& [address, code] : clients) {
    SmtpClient client = client_behind_proxy(address);
    EXPECT_EQ(client.read_banner().code, code) << client.transcript_text();
  }
}

TEST_P(HaproxyHeader, CountIsThatOfTheAddressInTheHeader) {
  SmtpClient one = client_behind_proxy("192.0.2.7");
  SmtpClient two = client_behind_proxy("192.0.2.7");
  EXPECT_EQ(one.read_banner().code, 220);
  EXPECT_EQ(two.read_banner().code, 220);
  EXPECT_TRUE(host().reaches(
      {.sessions = 2, .counted = 2, .listeners = {{"inbound", 2}}, .classes = {{"partners", 2}}}))
      << to_string(host().gauges());
  SmtpClient three = client_behind_proxy("192.0.2.7");
  EXPECT_EQ(three.read_banner().code, 421) << three.transcript_text();
  EXPECT_TRUE(three.closed_by_peer());
  SmtpClient other = client_behind_proxy("192.0.2.8");
  EXPECT_EQ(other.read_banner().code, 220) << other.transcript_text();
}

TEST_P(HaproxyHeader, ConnectionWithoutAClientIsNoSession) {
  const auto verdicts = daemon().status().at("verdicts");
  SmtpClient client = client_from("127.0.0.1");
  client.send_line("PROXY UNKNOWN");
  EXPECT_EQ(client.read_banner().code, 421) << client.transcript_text();
  EXPECT_TRUE(client.closed_by_peer());
  EXPECT_TRUE(host().reaches({}));
  EXPECT_EQ(daemon().status().at("verdicts"), verdicts);
}

}  // namespace
}  // namespace portcullis::testing
