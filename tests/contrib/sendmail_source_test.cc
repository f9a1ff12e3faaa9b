// What becomes of an administrator's sendmail.mc.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contrib/sendmail/mc_source.h"

namespace portcullis::sendmail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kSource =
    "dnl mine\n"
    "DAEMON_OPTIONS(`Family=inet,  Name=MTA-v4, Port=smtp, Addr=127.0.0.1')dnl\n"
    "DAEMON_OPTIONS(`Name=MSA,\n"
    "  Port=submission, M=Ea')dnl\n"
    "dnl DAEMON_OPTIONS(`Port=smtp')dnl\n"
    "INPUT_MAIL_FILTER(`other', `S=local:/x')dnl\n"
    "INPUT_MAIL_FILTER(`portcullis', `S=local:/y')dnl\n"
    "MAILER_DEFINITIONS\n"
    "MAILER(`smtp')dnl\n";

MtaSettings listening_on(std::uint16_t port, const char* address = nullptr) {
  ListenerDelivery delivery;
  delivery.listener.port = port;
  if (address != nullptr) {
    delivery.listener.addresses.kind = ListenAddresses::Kind::chosen;
    delivery.listener.addresses.chosen = {*IpAddress::parse(address)};
  }
  MtaSettings settings;
  settings.listeners = {delivery};
  return settings;
}

TEST(SendmailSource, KeepsWhatNobodyElseSays) {
  const std::string with = without_what_we_say(kSource, listening_on(25));
  EXPECT_THAT(taken_away(with),
              ElementsAre(HasSubstr("MTA-v4"), HasSubstr("INPUT_MAIL_FILTER(`portcullis'")));
  EXPECT_THAT(with, HasSubstr("\nINPUT_MAIL_FILTER(`other'"));
  EXPECT_THAT(with, HasSubstr("\nDAEMON_OPTIONS(`Name=MSA,\n  Port"));
}

TEST(SendmailSource, TakesAwayACallOfSeveralLines) {
  EXPECT_THAT(taken_away(without_what_we_say(kSource, listening_on(587))),
              ElementsAre("DAEMON_OPTIONS(`Name=MSA,", "  Port=submission, M=Ea')dnl",
                          HasSubstr("portcullis")));
}

TEST(SendmailSource, AnotherAddressStays) {
  const std::string with = without_what_we_say(kSource, listening_on(25, "192.0.2.1"));
  EXPECT_THAT(with, HasSubstr("\nDAEMON_OPTIONS(`Family=inet,  Name=MTA-v4"));
}

TEST(SendmailSource, GoesBackAndIsTheSameASecondTime) {
  const std::string once = with_include(without_what_we_say(kSource, listening_on(25)), "/p.m4");
  EXPECT_EQ(with_include(without_what_we_say(once, listening_on(25)), "/p.m4"), once);
  const std::string other = without_what_we_say(once, listening_on(2525));
  EXPECT_THAT(other, HasSubstr("\nDAEMON_OPTIONS(`Family=inet,  Name=MTA-v4"));
}

TEST(SendmailSource, IsIncludedBeforeTheMailers) {
  const std::string with = with_include(kSource, "/etc/mail/portcullis.m4");
  EXPECT_LT(with.find("include(`/etc/mail/portcullis.m4')"), with.find("MAILER_DEFINITIONS"));
  EXPECT_TRUE(has_include(with));
  EXPECT_FALSE(has_include(kSource));
  EXPECT_THAT(included_files(with), ElementsAre("/etc/mail/portcullis.m4"));
}

TEST(SendmailSource, TheDefaultDaemonStaysWhereThereIsNoOther) {
  EXPECT_TRUE(names_daemons(kSource));
  const std::string bare = "MAILER(`smtp')dnl\n";
  const std::string with = with_include(bare, "/p.m4", true);
  EXPECT_THAT(with, HasSubstr("DAEMON_OPTIONS(`Name=MTA')"));
  EXPECT_FALSE(names_daemons(with));
  EXPECT_THAT(with_include(with, "/p.m4", false), Not(HasSubstr("Name=MTA")));
}

TEST(SendmailSource, AnyTextIsTaken) {
  for (const char* text : {"", "DAEMON_OPTIONS(", "DAEMON_OPTIONS(`", "include(`", "include(`/x",
                           "INPUT_MAIL_FILTER(`portcullis'", "dnl portcullis: ", "\n\n"}) {
    const std::string once = with_include(without_what_we_say(text, listening_on(25)), "/p.m4");
    EXPECT_EQ(with_include(without_what_we_say(once, listening_on(25)), "/p.m4"), once) << text;
  }
  EXPECT_THAT(taken_away(""), IsEmpty());
}

}  // namespace
}  // namespace portcullis::sendmail
