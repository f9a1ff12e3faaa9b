// What a generated Postfix and Sendmail do to clients before the milter could, or must leave to it.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mta/generated/generated_mta.h"
#include "tests/mta/support/daemon_process.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

using ::testing::ContainsRegex;

class GenerateClients : public ::testing::TestWithParam<MtaKind> {};

PORTCULLIS_ON_BOTH_MTAS(GenerateClients);

// The first reply that a client of this host gets: its code.
int refusal(MtaInstance& mta, const std::string& source) {
  SmtpClient client = mta.connect(source);
  client.read_banner();
  client.command("EHLO a.test");
  const int mail = client.command("MAIL FROM:<a@a.test>").code;
  return mail == 250 ? client.command("RCPT TO:<root@mx.test>").code : mail;
}

TEST_P(GenerateClients, WithoutANameAreRefusedForGoodForNowOrNotAtAll) {
  for (const auto& [word, code] :
       {std::pair{"reject", 550}, std::pair{"tempfail", 450}, std::pair{"accept", 250}}) {
    const std::uint16_t port = free_port();
    const auto mta = make_generated(
        GetParam(),
        fmt::format("[daemon]\nsocket = unix:/nowhere/milter.sock\n"
                    "[mta]\nmilter_down = accept\nunverified_clients = {}\n"
                    "[listener inbound]\naddress = 127.0.0.1\nport = {}\n",
                    word, port),
        {.listeners = {{.name = "inbound", .port = port}}, .hosts = {{"127.0.0.9", "named.test"}}});
    mta->start();
    EXPECT_EQ(refusal(*mta, "127.0.9.9"), code) << word << mta->log();
    EXPECT_EQ(refusal(*mta, "127.0.0.9"), 250) << word << mta->log();
  }
}

// An MTA whose own limit for a client is 2, and a class of guests with `limit`, or none.
class Club {
 public:
  Club(MtaKind kind, const std::string& limit) {
    const std::uint16_t port = free_port();
    const std::string text = fmt::format(
        "[listener inbound]\naddress = 127.0.0.1\nport = {}\n"
        "[class guests]\naction = permit\nlisteners = inbound\nclients = 127.0.3.0/24\n{}",
        port, limit);
    daemon_.write_policy(text);
    daemon_.start();
    mta_ = make_generated(
        kind, "[daemon]\nsocket = " + daemon_.milter_address() + '\n' + text,
        {.listeners = {{.name = "inbound", .port = port}}, .settings = limit_of_two(kind)});
    mta_->start();
    if (!daemon_.wait_until_idle()) throw std::runtime_error("the probes are still open");
  }

  SmtpClient guest() const { return mta_->connect("127.0.3.1"); }
  PortcullisDaemon& daemon() { return daemon_; }
  std::string log() const { return mta_->log(); }

 private:
  std::vector<std::string> limit_of_two(MtaKind kind) const {
    if (kind == MtaKind::postfix) return {"smtpd_client_connection_count_limit = 2"};
    const std::string access = files_.write("access", "ClientConn:127.0.3.1 2\n");
    return {fmt::format("FEATURE(`access_db', `text -o -k0 -v1 -T<TMPF> {}')dnl", access),
            "FEATURE(`delay_checks')dnl", "FEATURE(`conncontrol', `nodelay', `terminate')dnl"};
  }

  ScratchDirectory files_{"club"};
  PortcullisDaemon daemon_;
  std::unique_ptr<MtaInstance> mta_;
};

TEST_P(GenerateClients, OfAClassAreCountedByTheMilter) {
  Club club(GetParam(), "max_connections_per_client = 4\n");
  std::vector<SmtpClient> inside;
  for (int i = 0; i < 4; ++i) {
    inside.push_back(club.guest());
    EXPECT_EQ(inside.back().read_banner().code, 220) << club.log();
  }
  const std::size_t mark = club.daemon().log_mark();
  SmtpClient one_more = club.guest();
  EXPECT_EQ(one_more.read_banner().code, 421);
  EXPECT_TRUE(club.daemon().wait_for_log("class=guests", mark).has_value()) << club.daemon().log();
}

TEST_P(GenerateClients, AreCountedByTheMtaAsBeforeWhereThePolicySaysNothing) {
  const Club club(GetParam(), "");
  std::vector<SmtpClient> inside;
  for (int i = 0; i < 2; ++i) {
    inside.push_back(club.guest());
    EXPECT_EQ(inside.back().read_banner().code, 220) << club.log();
  }
  SmtpClient one_more = club.guest();
  EXPECT_THAT(one_more.read_banner().text, ContainsRegex("^421 .*[Tt]oo many (open )?connections"));
}

}  // namespace
}  // namespace portcullis::testing
