// What the configuration of an MTA says of its services. postconf is the real one.

#include "contrib/postfix/services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contrib/sendmail/services.h"
#include "tests/support/golden.h"

namespace portcullis {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kMain =
    "compatibility_level = 3.6\n"
    "myhostname = mx.test\n"
    "smtpd_milters = unix:portcullis/milter.sock\n"
    "default_process_limit = 80\n";

std::optional<std::vector<MtaService>> postfix(const std::string& master) {
  const golden::ScratchFolder folder;
  folder.file("main.cf", kMain);
  folder.file("master.cf", master);
  return read_postfix_services(folder.path());
}

TEST(PostfixServices, WithoutAnAddressListenOnTheInterfaces) {
  const auto interfaces = [](const std::string& setting) {
    const auto services = parse_postfix_services(
        {"smtp inet n - y - - smtpd\n127.0.0.9:26 inet n - y - - smtpd\n", "", setting});
    EXPECT_THAT(services.at(1).interfaces, IsEmpty());
    std::string all;
    for (const IpAddress& address : services.at(0).interfaces) all += address.to_string() + ' ';
    return all;
  };
  EXPECT_EQ(interfaces("inet_interfaces = all\n"), "");
  EXPECT_EQ(interfaces("inet_interfaces = 127.0.0.1, [::1]\n"), "127.0.0.1 ::1 ");
  EXPECT_EQ(interfaces("inet_interfaces = loopback-only\n"), "127.0.0.1 ::1 ");
  EXPECT_EQ(interfaces("inet_interfaces = 127.0.0.1 mx.test\n"), "");
}

TEST(PostfixServices, AreThoseOfSmtpd) {
  const auto services = postfix(
      "smtp inet n - y - - smtpd\n"
      "pickup unix n - y 60 1 pickup\n"
      "628 inet n - y - - qmqpd\n"
      "submission inet n - y - 12 smtpd\n"
      "  -o milter_macro_daemon_name=users\n"
      "  -o smtpd_client_connection_count_limit=7\n"
      "127.0.0.1:10025 inet n - n - 0 smtpd\n"
      "  -o smtpd_milters=\n"
      "[::1]:2525 inet n - n - - smtpd\n");
  ASSERT_TRUE(services);
  ASSERT_THAT(*services, SizeIs(4));

  const MtaService& smtp = (*services)[0];
  EXPECT_EQ(smtp.where, "Postfix service smtp/inet");
  EXPECT_EQ(smtp.daemon_name, "mx.test");
  EXPECT_EQ(smtp.port, 25);
  EXPECT_FALSE(smtp.address);
  EXPECT_TRUE(smtp.asks_milter);
  EXPECT_EQ(smtp.max_connections->value, 80U);
  EXPECT_EQ(smtp.max_connections->setting, "default_process_limit");
  EXPECT_EQ(smtp.max_connections_per_client->value, 50U);

  const MtaService& submission = (*services)[1];
  EXPECT_EQ(submission.daemon_name, "users");
  EXPECT_EQ(submission.port, 587);
  EXPECT_EQ(submission.max_connections->value, 12U);
  EXPECT_EQ(submission.max_connections_per_client->value, 7U);

  const MtaService& reinjection = (*services)[2];
  EXPECT_EQ(reinjection.address->to_string(), "127.0.0.1");
  EXPECT_EQ(reinjection.port, 10025);
  EXPECT_FALSE(reinjection.asks_milter);
  EXPECT_FALSE(reinjection.max_connections);

  EXPECT_EQ((*services)[3].address->to_string(), "::1");
  EXPECT_EQ((*services)[3].port, 2525);
}

TEST(PostfixServices, WithoutMiltersAskNone) {
  const auto services = postfix(
      "smtp inet n - y - - smtpd\n"
      "  -o receive_override_options=no_address_mappings,no_milters\n");
  ASSERT_TRUE(services);
  EXPECT_FALSE(services->front().asks_milter);
}

TEST(PostfixServices, BehindPostscreenAreThoseOfSmtpdPass) {
  const auto services = postfix(
      "smtp inet n - y - 1 postscreen\n"
      "smtpd pass - - y - 33 smtpd\n"
      "  -o milter_macro_daemon_name=inbound\n");
  ASSERT_TRUE(services);
  ASSERT_THAT(*services, SizeIs(1));
  EXPECT_EQ(services->front().daemon_name, "inbound");
  EXPECT_EQ(services->front().port, 25);
  EXPECT_EQ(services->front().max_connections->value, 33U);
}

TEST(PostfixServices, AreNothingWithoutMainCf) {
  const golden::ScratchFolder folder;
  folder.file("master.cf", "smtp inet n - y - - smtpd\n");
  EXPECT_FALSE(read_postfix_services(folder.path()));
}

TEST(PostfixServices, TakeAnyTextForPostconfs) {
  EXPECT_THAT(parse_postfix_services({}), IsEmpty());
  EXPECT_THAT(
      parse_postfix_services({"\n=\nsmtp inet n - y -\n: inet n - y - - smtpd\n", "=\n", "="}),
      IsEmpty());
}

TEST(SendmailServices, AreItsDaemons) {
  const auto services = parse_sendmail_services(
      "# O DaemonPortOptions=Name=Comment\n"
      "#O MaxDaemonChildren=1\n"
      "O MaxDaemonChildren=40\n"
      "O InputMailFilters=portcullis\n"
      "O DaemonPortOptions=Name=MTA-v4, Family=inet, Addr=127.0.0.1, Port=smtp\n"
      "O DaemonPortOptions=Port=submission, Name=MSA, M=Ea, children=9\n"
      "O DaemonPortOptions=Family=inet6,\n"
      "  Addr=::, Port=2525\n"
      "O DaemonPortOptions=Name=broken, Port=no-such-port\n");
  ASSERT_THAT(services, SizeIs(3));
  EXPECT_EQ(services[0].where, "Sendmail daemon MTA-v4");
  EXPECT_EQ(services[0].daemon_name, "MTA-v4");
  EXPECT_EQ(services[0].address->to_string(), "127.0.0.1");
  EXPECT_EQ(services[0].port, 25);
  EXPECT_TRUE(services[0].asks_milter);
  EXPECT_EQ(services[0].max_connections->value, 40U);
  EXPECT_FALSE(services[0].max_connections_per_client);
  EXPECT_EQ(services[1].daemon_name, "MSA");
  EXPECT_EQ(services[1].port, 587);
  EXPECT_EQ(services[1].max_connections->value, 9U);
  EXPECT_EQ(services[2].port, 2525);
  EXPECT_FALSE(services[2].address);
}

TEST(SendmailServices, AreOneWithoutDaemonPortOptions) {
  const auto services = parse_sendmail_services("Mlocal, P=x\nO MaxDaemonChildren=0\nO\nO =\n");
  ASSERT_THAT(services, SizeIs(1));
  EXPECT_EQ(services[0].port, 25);
  EXPECT_FALSE(services[0].asks_milter);
  EXPECT_FALSE(services[0].max_connections);
}

TEST(SendmailServices, AreNothingWithoutAFile) {
  EXPECT_FALSE(read_sendmail_services("/nonexistent/sendmail.cf"));
}

}  // namespace
}  // namespace portcullis
