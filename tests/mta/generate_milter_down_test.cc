// [mta] milter_down on a generated Postfix and Sendmail: what clients are told while no milter
// runs.

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/mta/generated/generated_mta.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

class GenerateMilterDown : public ::testing::TestWithParam<MtaKind> {
 protected:
  // The codes of the banner and of MAIL on an MTA whose milter is away.
  static std::pair<int, int> told(const std::string& milter_down) {
    const std::uint16_t port = free_port();
    const auto mta = make_generated(
        GetParam(),
        fmt::format("[daemon]\nsocket = unix:/nowhere/milter.sock\n[mta]\nmilter_down = {}\n"
                    "[listener inbound]\naddress = 127.0.0.1\nport = {}\n",
                    milter_down, port),
        {.listeners = {{.name = "inbound", .port = port}}});
    mta->start();
    SmtpClient client = mta->connect();
    const int banner = client.read_banner().code;
    client.command("EHLO a.test");
    return {banner, client.command("MAIL FROM:<a@a.test>").code};
  }
};

PORTCULLIS_ON_BOTH_MTAS(GenerateMilterDown);

TEST_P(GenerateMilterDown, Tempfail) {
  EXPECT_EQ(told("tempfail"), std::pair(220, 451));
}

TEST_P(GenerateMilterDown, Reject) {
  EXPECT_EQ(told("reject"), std::pair(554, 550));
}

TEST_P(GenerateMilterDown, Accept) {
  EXPECT_EQ(told("accept"), std::pair(220, 250));
}

}  // namespace
}  // namespace portcullis::testing
