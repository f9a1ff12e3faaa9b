// What a client, or whoever reaches the socket, writes must neither stop the daemon nor forge its
// log.

#include <algorithm>

#include <gmock/gmock.h>

#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;

class HostileInput : public ::testing::Test {
 protected:
  void SetUp() override {
    daemon.write_policy(
        "[listener inbound]\n"
        "[class later]\naction = deny\nanswer_at = helo\nclients = 198.51.100.0/24\n");
    daemon.start();
  }

  void TearDown() override {
    EXPECT_TRUE(daemon.status_becomes("sessions", 0));
    const std::string log = daemon.log();
    EXPECT_TRUE(std::ranges::all_of(log, [](char c) { return c == '\n' || (c >= 32 && c < 127); }));
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LT(line.size(), 1100U);
      EXPECT_THAT(line, HasSubstr(" portcullisd[")) << "a forged line";
    }
  }

  // The reply to this HELO of a client that is denied.
  std::string helo(std::string_view name) {
    MilterClient session = daemon.client();
    session.connect(AnnouncedClient::ipv4("198.51.100.1"));
    const auto reply = session.helo(name);
    return reply ? reply.smtp_reply() : "no reply";
  }

  PortcullisDaemon daemon;
};

TEST_F(HostileInput, ControlCharactersInHeloStayInTheirValue) {
  const std::string forged =
      "a> reply=\"250 ok\"\r\nportcullisd: verdict=continue\x1b[2J\x80\xff%n";
  EXPECT_EQ(helo(forged), "554 5.7.1 Access denied");
  EXPECT_TRUE(eventually([&] {
    return daemon.log_has(
        "helo=<a\\x3e\\x20reply=\\x22250\\x20ok\\x22"
        "\\x0d\\x0aportcullisd:");
  })) << daemon.log();
  EXPECT_EQ(daemon.log_count("verdict="), 1U);
}

TEST_F(HostileInput, ANulEndsTheHelo) {
  EXPECT_EQ(helo(std::string("good\0evil", 9)), "554 5.7.1 Access denied");
  EXPECT_TRUE(eventually([&] { return daemon.log_has("helo=<good>"); }));
}

TEST_F(HostileInput, LongHelosAreCut) {
  EXPECT_EQ(helo(std::string(60000, 'h')), "554 5.7.1 Access denied");
  EXPECT_EQ(helo(std::string(60000, '\x01')), "554 5.7.1 Access denied");
  EXPECT_EQ(helo(""), "554 5.7.1 Access denied");
  EXPECT_TRUE(eventually([&] { return daemon.log_count("verdict=reject") == 3; }));
}

TEST_F(HostileInput, LongAndStrangeHostNamesAreNoNames) {
  for (const std::string& name :
       {std::string(60000, 'a'), std::string("a\r\nb"), std::string("a\x1b[31m"),
        std::string("m\xc3\xa4il.example"), std::string("a b"), std::string()}) {
    MilterClient session = daemon.client();
    EXPECT_TRUE(session.connect(AnnouncedClient::ipv4("10.0.0.1").named(name)).is_continue());
  }
  EXPECT_TRUE(eventually([&] { return daemon.log_count("client=unknown[10.0.0.1]") == 6; }));
}

TEST_F(HostileInput, StrangeMacrosAreEscaped) {
  const AnnouncedClient client = AnnouncedClient::ipv4("10.0.0.1");
  for (const std::string& name : {std::string(20000, 'x'), std::string("a\nb\x1b c")}) {
    MilterClient session = daemon.client();
    EXPECT_TRUE(session.connect(client.on_service(name, name, name)).is_continue());
  }
  EXPECT_TRUE(eventually([&] { return daemon.log_has("daemon_name=a\\x0ab\\x1b c"); }));
}

TEST_F(HostileInput, BrokenFramesEndOnlyTheirOwnSession) {
  using namespace std::string_literals;
  MilterClient innocent = daemon.client();
  for (const std::string& frame :
       {"\0\0\0\0"s, "\xff\xff\xff\xff"s, "\x80\0\0\1"s, "\x7f\xff\xff\xff"s, "\0\1\0\1"s,
        "\0\0\0\1C"s, "\0\0\0\3CX\0"s, "\0\0\0\1O"s, "\0\0\0\5O\0\0\0\1"s, "\0\0\0\1Z"s,
        "\0\0\0\x0d"s
        "Ca\0"
        "4\0\0"
        "999.1\0"s,
        "\0\0\0\x0c"s
        "Ca\0"
        "6\0\0"
        "::g1\0"s,
        "GET / HTTP/1.0\r\n\r\n"s}) {
    for (const bool first_negotiate : {false, true}) {
      MilterClient session(daemon.milter_socket());
      if (first_negotiate) session.negotiate();
      session.send_raw(frame);
    }
  }
  EXPECT_TRUE(innocent.connect(AnnouncedClient::ipv4("10.0.0.1")).is_continue());
}

}  // namespace
}  // namespace portcullis::testing
