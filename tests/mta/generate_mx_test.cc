// mx_lookup of a route and of outgoing mail on a generated Postfix and Sendmail, with a name server
// of their own.

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/mta/generated/generated_mta.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/guarded_mta_test.h"
#include "tests/mta/support/name_server.h"
#include "tests/mta/support/outbound_mail.h"
#include "tests/mta/support/smtp_sink.h"

namespace portcullis::testing {
namespace {

// hub.test has an address of its own, and two servers for its mail.
class GenerateMx : public ::testing::TestWithParam<MtaKind> {
 protected:
  // Where no port is written it is not 25, which is the machine's, but that of the hubs.
  void start(const std::string& routes) {
    const std::uint16_t port = free_port();
    MtaOptions options = outbound_options(port);
    options.name_server = names_.address();
    options.hosts = {{"127.0.0.2", "second.hub.test"},
                     {"127.0.0.3", "first.hub.test"},
                     {"127.0.0.4", "hub.test"}};
    if (GetParam() == MtaKind::sendmail) {
      options.settings = {"define(`confDELIVERY_MODE', `interactive')dnl",
                          "define(`confTO_ICONNECT', `3s')dnl",
                          fmt::format("define(`ESMTP_MAILER_ARGS', `TCP $h {}')dnl", hubs_)};
    } else {
      options.settings = {fmt::format("known_tcp_ports = smtp={}", hubs_)};
    }
    mta_ = make_generated(GetParam(), outbound_policy(port, routes), options);
    mta_->start();
  }

  void send(const std::string& recipient) const {
    EXPECT_EQ(send_to(*mta_, recipient).code, 250) << mta_->log();
  }

  std::string route(const std::string& mx_lookup) const {
    return fmt::format("[route ours]\ndomains = ours.test\nhosts = hub.test:{}\nmx_lookup = {}\n",
                       hubs_, mx_lookup);
  }

  NameServer names_{{{"hub.test", "A", "127.0.0.4"},
                     {"hub.test", "MX", "20 second.hub.test"},
                     {"hub.test", "MX", "10 first.hub.test"},
                     {"first.hub.test", "A", "127.0.0.3"},
                     {"second.hub.test", "A", "127.0.0.2"}}};
  std::uint16_t hubs_ = free_port();
  SmtpSink first_{"127.0.0.3", hubs_};
  SmtpSink second_{"127.0.0.2", hubs_};
  SmtpSink itself_{"127.0.0.4", hubs_};
  std::unique_ptr<MtaInstance> mta_;
};

PORTCULLIS_ON_BOTH_MTAS(GenerateMx);

TEST_P(GenerateMx, IsFollowedInItsOrder) {
  start(route("yes"));
  send("one@ours.test");
  EXPECT_TRUE(first_.gets(1)) << mta_->log();
  first_.stop();
  send("two@ours.test");
  EXPECT_TRUE(second_.gets(1)) << mta_->log();
  EXPECT_EQ(itself_.messages(), 0U);
}

TEST_P(GenerateMx, IsNotAskedForWithoutMxLookup) {
  start(route("no"));
  send("one@ours.test");
  EXPECT_TRUE(itself_.gets(1)) << mta_->log();
  EXPECT_EQ(first_.messages() + second_.messages(), 0U);
}

TEST_P(GenerateMx, OfOutgoingHostsIsFollowed) {
  start(fmt::format("[outgoing]\nhosts = hub.test:{}\nmx_lookup = yes\n", hubs_));
  send("one@elsewhere.test");
  EXPECT_TRUE(first_.gets(1)) << mta_->log();
}

TEST_P(GenerateMx, OfOutgoingHostsIsNotAskedForWithoutMxLookup) {
  start(fmt::format("[outgoing]\nhosts = hub.test:{}\n", hubs_));
  send("one@elsewhere.test");
  EXPECT_TRUE(itself_.gets(1)) << mta_->log();
}

TEST_P(GenerateMx, OfMailForOthersIsFollowedWithoutOutgoingHosts) {
  start("[outgoing]\ntls = may\n");
  send("one@hub.test");
  EXPECT_TRUE(first_.gets(1)) << mta_->log();
  first_.stop();
  send("two@hub.test");
  EXPECT_TRUE(second_.gets(1)) << mta_->log();
  EXPECT_EQ(itself_.messages(), 0U);
}

}  // namespace
}  // namespace portcullis::testing
