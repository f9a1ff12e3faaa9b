// Clients that say HELO to hurt: each gets a decision and one printable line in the log.

#include <algorithm>

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

constexpr const char* kPolicy = R"(
[listener inbound]
[class blocked]
action = deny
clients = 127.0.2.0/24
answer_at = helo
reply = 550 5.7.1 Our words
)";

class HostileClient : public GuardedMtaTest {
 protected:
  void SetUp() override {
    GuardedMtaTest::SetUp();
    host().use_policy(kPolicy);
  }

  // All of the log after `mark`, once the client's line and a last one have come.
  static std::string log_of(const std::string& address, std::size_t mark) {
    EXPECT_TRUE(daemon().wait_for_log("[" + address + "]", mark).has_value()) << daemon().log();
    EXPECT_TRUE(host().reaches({})) << to_string(host().gauges());
    return daemon().log().substr(mark);
  }

  static void expect_one_printable_line(const std::string& log) {
    EXPECT_EQ(std::ranges::count(log, '\n'), 1) << log;
    EXPECT_TRUE(std::ranges::all_of(log, [](char c) {
      return c == '\n' || (c >= ' ' && c <= '~');
    })) << log;
    EXPECT_LT(log.size(), 1024U) << log;
  }

  struct Outcome {
    std::string log;         // what the daemon logged
    std::string transcript;  // what the client saw
  };

  // A denied client sends these bytes after EHLO, then MAIL. Whatever the MTA thinks of its HELO,
  // it is not let in.
  static Outcome after_helo(const std::string& name) {
    const std::size_t mark = daemon().log_mark();
    SmtpClient client = greeted("127.0.2.9");
    client.send_raw("EHLO " + name + "\r\n");
    client.try_read_reply();
    client.send_line("MAIL FROM:<a@client.test>");
    client.send_line("QUIT");
    while (const auto reply = client.try_read_reply()) {
      EXPECT_FALSE(reply->text.starts_with("250 2.1.0")) << client.transcript_text();
    }
    EXPECT_TRUE(client.closed_by_peer());
    return {.log = log_of("127.0.2.9", mark), .transcript = client.transcript_text()};
  }

  static void expect_told_in_our_words(const Outcome& outcome) {
    EXPECT_NE(outcome.transcript.find("Our words\n"), std::string::npos) << outcome.transcript;
    EXPECT_NE(outcome.log.find("verdict=reject"), std::string::npos) << outcome.log;
  }
};
PORTCULLIS_ON_BOTH_MTAS(HostileClient);

TEST_P(HostileClient, WithEightBitBytesInItsName) {
  const Outcome outcome = after_helo("gr\xc3\xbc\xc3\x9f\xff\xfe\x80.test");
  expect_one_printable_line(outcome.log);
  expect_told_in_our_words(outcome);
}

TEST_P(HostileClient, WithEscapeCodesInItsName) {
  const Outcome outcome = after_helo("\x1b[2J\x1b]0;owned\x07\x7f\x01.test");
  expect_one_printable_line(outcome.log);
  expect_told_in_our_words(outcome);
}

TEST_P(HostileClient, WithALogEntryOfItsOwnMakingInItsName) {
  const Outcome outcome = after_helo("a> verdict=continue client=unknown[192.0.2.1] helo=<b");
  expect_one_printable_line(outcome.log);
  expect_told_in_our_words(outcome);
  EXPECT_EQ(outcome.log.find("[192.0.2.1]"), std::string::npos) << outcome.log;
  EXPECT_EQ(outcome.log.find(" verdict=continue"), std::string::npos) << outcome.log;
}

TEST_P(HostileClient, WithABareCarriageReturnOrLineFeedInItsName) {
  for (const char* name : {"one\rverdict=continue", "two\nverdict=continue", "three\r\r"}) {
    const Outcome outcome = after_helo(name);
    expect_one_printable_line(outcome.log);
    EXPECT_EQ(outcome.log.find(" verdict=continue"), std::string::npos) << outcome.log;
  }
}

TEST_P(HostileClient, WithANulInItsName) {
  const Outcome outcome = after_helo(std::string("a\0b.test", 8));
  expect_one_printable_line(outcome.log);
}

TEST_P(HostileClient, WithALongName) {
  for (const std::size_t length : {500, 2000, 60'000}) {
    expect_one_printable_line(after_helo(std::string(length, 'a')).log);
    expect_one_printable_line(after_helo(std::string(length, '\xe9')).log);
  }
}

TEST_P(HostileClient, WithANewNameEachTime) {
  const std::size_t mark = daemon().log_mark();
  SmtpClient client = greeted("127.0.2.9");
  for (int number = 0; number < 3; ++number) {
    EXPECT_EQ(client.command("HELO h" + std::to_string(number) + ".test").code, 250)
        << client.transcript_text();
  }
  client.close();
  expect_one_printable_line(log_of("127.0.2.9", mark));
}

TEST_P(HostileClient, ThatTalksAnotherProtocol) {
  const std::size_t mark = daemon().log_mark();
  SmtpClient client = greeted("127.0.2.9");
  client.send_raw("GET / HTTP/1.1\r\nHost: mx.test\r\n\r\n");
  client.try_read_reply();
  client.abort();
  expect_one_printable_line(log_of("127.0.2.9", mark));
}

TEST_P(HostileClient, ThatTalksBeforeItIsGreeted) {
  const std::size_t mark = daemon().log_mark();
  SmtpClient client = client_from("127.0.2.9");
  client.send_raw("EHLO a.test\r\nMAIL FROM:<a@a.test>\r\nRCPT TO:<root@mx.test>\r\nQUIT\r\n");
  EXPECT_TRUE(client.closed_by_peer());
  expect_one_printable_line(log_of("127.0.2.9", mark));
  EXPECT_TRUE(daemon().running());
}

}  // namespace
}  // namespace portcullis::testing
