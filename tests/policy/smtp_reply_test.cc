#include "policy/smtp_reply.h"

#include <string>

#include <gtest/gtest.h>

namespace portcullis {
namespace {

SmtpReplyError error_of(std::string_view text) {
  const auto reply = SmtpReply::parse(text);
  EXPECT_FALSE(reply) << text;
  return reply.error();
}

TEST(SmtpReply, KeepsItsParts) {
  const auto reply = SmtpReply::parse("554 5.7.1 Access denied, see https://example.com/blocked");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->code(), 554);
  EXPECT_TRUE(reply->is_permanent());
  EXPECT_EQ(reply->code_text(), "554");
  EXPECT_EQ(reply->enhanced_code(), "5.7.1");
  EXPECT_EQ(reply->milter_text(), "Access denied, see https://example.com/blocked");
  EXPECT_EQ(reply->to_string(), "554 5.7.1 Access denied, see https://example.com/blocked");
}

TEST(SmtpReply, AddsAnEnhancedCodeOfTheSameClass) {
  EXPECT_EQ(SmtpReply::parse("450 Try later")->to_string(), "450 4.7.1 Try later");
  EXPECT_EQ(SmtpReply::parse("550 3 strikes")->to_string(), "550 5.7.1 3 strikes");
  EXPECT_FALSE(SmtpReply::parse("450 Try later")->is_permanent());
}

TEST(SmtpReply, DoublesPercentSignsForTheMilterAlone) {
  const auto reply = SmtpReply::parse("554 100% sure");
  EXPECT_EQ(reply->milter_text(), "100%% sure");
  EXPECT_EQ(reply->to_string(), "554 5.7.1 100% sure");
}

TEST(SmtpReply, RefusesWhatAnMtaWouldNotDeliver) {
  EXPECT_EQ(error_of("250 2.0.0 ok"), SmtpReplyError::bad_code);
  EXPECT_EQ(error_of("354 go"), SmtpReplyError::bad_code);
  EXPECT_EQ(error_of("564 no"), SmtpReplyError::bad_code);
  EXPECT_EQ(error_of("5544 no"), SmtpReplyError::bad_code);
  EXPECT_EQ(error_of(""), SmtpReplyError::bad_code);
  EXPECT_EQ(error_of("no"), SmtpReplyError::bad_code);
  EXPECT_EQ(error_of("550 4.7.1 no"), SmtpReplyError::class_mismatch);
  EXPECT_EQ(error_of("550 5.7 no"), SmtpReplyError::bad_enhanced);
  EXPECT_EQ(error_of("550 5.7.1234 no"), SmtpReplyError::bad_enhanced);
  EXPECT_EQ(error_of("550 5.7.1"), SmtpReplyError::no_text);
  EXPECT_EQ(error_of("550"), SmtpReplyError::no_text);
  EXPECT_EQ(error_of("550 5.7.1 na\xc3\xafve"), SmtpReplyError::not_ascii);
  EXPECT_EQ(error_of("550 5.7.1 two\r\nlines"), SmtpReplyError::not_ascii);
  EXPECT_EQ(error_of("550 5.7.1 " + std::string(600, 'x')), SmtpReplyError::too_long);
}

}  // namespace
}  // namespace portcullis
