#include "cli/mail_log.h"

#include <string>

#include <gtest/gtest.h>

namespace portcullis {
namespace {

TEST(MailLog, ReadsWhatPostfixLogs) {
  const auto found = parse_connect_line(
      "Nov 22 02:35:08 mx1 postfix/smtpd[1234]: connect from mx.example.com[192.0.2.7]");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->process, "postfix/smtpd");
  EXPECT_EQ(found->service, "");
  EXPECT_EQ(found->name, "mx.example.com");
  EXPECT_EQ(found->address.to_string(), "192.0.2.7");
}

TEST(MailLog, ReadsServicesOtherTimestampsIPv6AndPorts) {
  const auto found = parse_connect_line(
      "2026-11-22T02:35:08.123456+00:00 mx1 postfix-in/submission/smtpd[9]: connect from "
      "unknown[2001:db8::1]:40001");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->process, "postfix-in/submission/smtpd");
  EXPECT_EQ(found->service, "submission");
  EXPECT_EQ(found->name, "");
  EXPECT_EQ(found->address.to_string(), "2001:db8::1");
}

TEST(MailLog, WhatClientsSayIsNoConnection) {
  for (const std::string line : {
           "Nov 22 02:35:08 mx1 postfix/smtpd[1]: disconnect from a[192.0.2.7]",
           "Nov 22 02:35:08 mx1 postfix/smtpd[1]: warning: x smtpd[1]: connect from a[192.0.2.7]",
           "Nov 22 02:35:08 mx1 postfix/smtpd[1]: NOQUEUE: reject: connect from a[192.0.2.7]",
           "Nov 22 02:35:08 mx1 postfix/cleanup[1]: connect from a[192.0.2.7]",
           "Nov 22 02:35:08 mx1 postfix/notsmtpd[1]: connect from a[192.0.2.7]",
           "Nov 22 02:35:08 mx1 postfix/postscreen[1]: CONNECT from [192.0.2.7]:9 to [10.0.0.1]:25",
           "Nov 22 02:35:08 mx1 postfix/smtpd[1]: connect from a[192.0.2.7] and more",
           "Nov 22 02:35:08 mx1 postfix/smtpd[1]: connect from a[192.0.2.7]:",
           "Nov 22 02:35:08 mx1 postfix/smtpd[1]: connect from unknown[unknown]",
           "Nov 22 02:35:08 mx1 postfix/smtpd[1]: connect from a]192.0.2.7[",
           "Nov 22 02:35:08 mx1 postfix/smtpd[1]: connect from ",
           "Nov 22 02:35:08 mx1 postfix/smtpd[x]: connect from a[192.0.2.7]",
           "Nov 22 02:35:08 mx1 [1]: connect from a[192.0.2.7]",
           "connect from a[192.0.2.7]",
           "]: connect from a[192.0.2.7]",
           ": ",
           "",
       }) {
    EXPECT_FALSE(parse_connect_line(line)) << line;
  }
}

TEST(MailLog, KnowsALogLine) {
  EXPECT_TRUE(is_log_line("Nov 22 02:35:08 mx1 postfix/qmgr[12]: ABC: removed"));
  EXPECT_FALSE(is_log_line("192.0.2.300"));
  EXPECT_FALSE(is_log_line("two words: here"));
}

}  // namespace
}  // namespace portcullis
