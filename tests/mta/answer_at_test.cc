// When a denied client is told, and in whose words.

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

constexpr const char* kDenied = "127.0.2.9";

class AnswerAt : public GuardedMtaTest {
 protected:
  // Everyone in 127.0.2.0/24 is denied.
  static void deny(const std::string& answer_at, const std::string& reply) {
    host().use_policy(
        "[listener inbound]\n[class blocked]\naction = deny\nclients = 127.0.2.0/24\n" +
        ("answer_at = " + answer_at + "\n") + ("reply = " + reply + "\n"));
  }
};
PORTCULLIS_ON_BOTH_MTAS(AnswerAt);

TEST_P(AnswerAt, ConnectShowsA554BannerAndKeepsTheSession) {
  deny("connect", "554 5.7.1 Denied 100% of the time");
  SmtpClient client = client_from(kDenied);
  const Conversation told = converse(client);
  EXPECT_EQ(told.banner.text, on_postfix() ? "554 mx.test ESMTP not accepting connections"
                                           : "554 mx.test ESMTP not accepting messages")
      << told.transcript;
  EXPECT_EQ(told.hello.code, 250) << told.transcript;
  EXPECT_EQ(told.mail.text,
            on_postfix() ? "554 5.7.1 Denied 100% of the time" : "550 5.0.0 Command rejected")
      << told.transcript;
  EXPECT_EQ(client.command("MAIL FROM:<again@client.test>").code, told.mail.code);
  EXPECT_EQ(client.command("NOOP").code, 250) << client.transcript_text();
  EXPECT_EQ(client.quit().code, 221);
}

TEST_P(AnswerAt, ConnectWithATemporaryReplyShowsA220BannerAndDefersTheMail) {
  deny("connect", "451 4.7.1 Come back 100% later");
  SmtpClient client = client_from(kDenied);
  const Conversation told = converse(client);
  EXPECT_EQ(told.banner.code, 220) << told.transcript;
  EXPECT_EQ(told.mail.text,
            on_postfix() ? "451 4.7.1 Come back 100% later" : "451 4.3.2 Please try again later")
      << told.transcript;
  EXPECT_EQ(client.quit().code, 221);
}

TEST_P(AnswerAt, HeloTellsThePermanentReplyVerbatim) {
  deny("helo", "550 5.7.1 Denied, 100% sure, see https://example.com/%41");
  SmtpClient client = client_from(kDenied);
  const Conversation told = converse(client);
  EXPECT_EQ(told.banner.code, 220) << told.transcript;
  EXPECT_EQ(told.hello.code, 250) << told.transcript;
  EXPECT_EQ(told.mail.text, "550 5.7.1 Denied, 100% sure, see https://example.com/%41");
  const auto line = daemon().wait_for_log("[127.0.2.9] helo=<client.test>");
  ASSERT_TRUE(line.has_value()) << daemon().log();
  EXPECT_NE(line->find("verdict=reject"), std::string::npos) << *line;
  EXPECT_NE(line->find("answer_at=helo"), std::string::npos) << *line;
}

TEST_P(AnswerAt, HeloTellsTheTemporaryReplyVerbatim) {
  deny("helo", "450 4.7.1 Come back 100% later");
  const Conversation told = talk_from(kDenied);
  EXPECT_EQ(told.banner.code, 220) << told.transcript;
  EXPECT_EQ(told.mail.text, "450 4.7.1 Come back 100% later") << told.transcript;
}

TEST_P(AnswerAt, HeloIsAnsweredAgainAtEveryMailAndAfterRset) {
  deny("helo", "550 5.7.1 Our words");
  SmtpClient client = greeted(kDenied);
  client.command("HELO one.test");
  EXPECT_EQ(client.command("MAIL FROM:<a@client.test>").text, "550 5.7.1 Our words");
  EXPECT_EQ(client.command("MAIL FROM:<b@client.test>").text, "550 5.7.1 Our words");
  client.command("RSET");
  EXPECT_EQ(client.command("MAIL FROM:<c@client.test>").text, "550 5.7.1 Our words");
  client.command("EHLO two.test");
  EXPECT_EQ(client.command("MAIL FROM:<d@client.test>").text, "550 5.7.1 Our words")
      << client.transcript_text();
  client.quit();
  EXPECT_EQ(daemon().wait_for_log("one.test").has_value(), true) << daemon().log();
}

TEST_P(AnswerAt, HeloIsAnsweredAtMailIfHeloNeverComes) {
  deny("helo", "550 5.7.1 Our 100% own words");
  SmtpClient client = greeted(kDenied);
  // Sendmail puts the sender before it.
  const std::string expected = on_postfix() ? "550 5.7.1 Our 100% own words"
                                            : "550 5.7.1 <a@client.test>... Our 100% own words";
  EXPECT_EQ(client.command("MAIL FROM:<a@client.test>").text, expected);
  EXPECT_EQ(client.command("MAIL FROM:<a@client.test>").text, expected)
      << "each MAIL is asked about again";
}

TEST_P(AnswerAt, HeloLetsTheOthersThroughWithAndWithoutHelo) {
  deny("helo", "550 5.7.1 Our words");
  expect_permitted("127.0.1.1");
  SmtpClient silent = greeted("127.0.1.1");
  EXPECT_EQ(silent.command("MAIL FROM:<a@client.test>").code, 250) << silent.transcript_text();
}

TEST_P(AnswerAt, HeloLogsAClientThatLeavesBeforeItIsTold) {
  deny("helo", "550 5.7.1 Our words");
  const std::size_t mark = daemon().log_mark();
  greeted(kDenied).close();
  const auto line = daemon().wait_for_log("client=unknown[127.0.2.9]", mark);
  ASSERT_TRUE(line.has_value()) << daemon().log();
  EXPECT_NE(line->find("verdict=reject"), std::string::npos) << *line;
}

TEST_P(AnswerAt, DropGives421AndHangsUp) {
  deny("drop", "421 4.7.1 Go away");
  expect_turned_away(kDenied);
  EXPECT_TRUE(daemon().wait_for_log("reply=\"421 4.7.1 Go away\" answer_at=drop").has_value())
      << daemon().log();
  EXPECT_TRUE(host().reaches({}));
}

}  // namespace
}  // namespace portcullis::testing
