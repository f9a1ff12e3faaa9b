// The services of master.cf that a policy takes over, replaces and leaves behind. Nothing runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contrib/postfix_apply_fixture.h"

namespace portcullis {
namespace {

using testing::HasSubstr;
using testing::Not;

using PostfixServicesApply = PostfixApply;

constexpr const char* kRelay =
    "[listener inside]\nrole = outbound\nport = 2601\nrelay_networks = 127.0.0.0/8\n";
constexpr const char* kPlain =
    "[listener inside]\nrole = outbound\nport = 2601\naddress = 127.0.0.2\n";

TEST_F(PostfixServicesApply, RelayRightsThatLeaveThePolicyAreGoneFromTheServiceThatReplaces) {
  apply(kRelay);
  ASSERT_THAT(postconf({"-P"}), HasSubstr("2601/inet/mynetworks = 127.0.0.0/8"));
  apply(kPlain);
  EXPECT_THAT(postconf({"-M"}), HasSubstr("127.0.0.2:2601"));
  EXPECT_THAT(postconf({"-P"}), Not(HasSubstr("2601/inet/mynetworks")));
  EXPECT_THAT(postconf({"-P"}), Not(HasSubstr("2601/inet/smtpd_relay_restrictions")));
}

TEST_F(PostfixServicesApply, RelayRightsThatMoveWithTheServiceGoLater) {
  apply(kRelay);
  apply(std::string(kPlain) + "relay_networks = 127.0.0.0/8\n");
  EXPECT_THAT(postconf({"-P"}), HasSubstr("127.0.0.2:2601/inet/mynetworks = 127.0.0.0/8"));
  apply(kPlain);
  EXPECT_THAT(postconf({"-P"}), Not(HasSubstr("2601/inet/mynetworks")));
  EXPECT_THAT(postconf({"-P"}), Not(HasSubstr("2601/inet/smtpd_relay_restrictions")));
}

// Of what others gave it, the new service has all, and of what we gave it, nothing.
TEST_F(PostfixServicesApply, OptionsOfAnEarlierPolicyAreNotThoseOfTheAdministrator) {
  add("master.cf",
      "2601 inet n - n - 7 smtpd\n  -o content_filter=x:\n  -o mynetworks=10.0.0.0/8\n");
  apply(std::string(kRelay) + "idle_timeout = 5m\ntls = may\nmax_connections = 100\n");
  apply(kPlain);
  EXPECT_EQ(postconf({"-P", "127.0.0.2:2601/inet"}),
            "127.0.0.2:2601/inet/content_filter = x:\n"
            "127.0.0.2:2601/inet/milter_macro_daemon_name = inside\n"
            "127.0.0.2:2601/inet/mynetworks = 10.0.0.0/8\n");
  EXPECT_EQ(postconf({"-F", "127.0.0.2:2601/inet/process_limit"}),
            "127.0.0.2:2601/inet/process_limit = 7\n");
  // And the administrator's service comes back as it was.
  apply("[listener inbound]\n");
  EXPECT_THAT(postconf({"-P"}), HasSubstr("2601/inet/mynetworks = 10.0.0.0/8\n"));
  EXPECT_EQ(postconf({"-F", "2601/inet/process_limit"}), "2601/inet/process_limit = 7\n");
}

// What one of them allows would be allowed to the clients of all.
TEST_F(PostfixServicesApply, ServicesThatDifferAreNotMadeOne) {
  add("master.cf",
      "127.0.0.1:2711 inet n - n - - smtpd\n"
      "127.0.0.2:2711 inet n - n - - smtpd\n  -o mynetworks=0.0.0.0/0\n");
  EXPECT_THAT(configuration("[listener inside]\nport = 2711\n")->findings().format_all(),
              HasSubstr("policy.conf:4: error: \"127.0.0.1:2711/inet and 127.0.0.2:2711/inet\" of "
                        "master.cf have different options"));
  // What the policy says for all of them may differ before.
  const std::string networks =
      "[listener inside]\nrole = outbound\nport = 2711\n"
      "relay_networks = 10.0.0.0/8\n";
  EXPECT_EQ(configuration(networks)->findings().format_all(), "");
}

TEST_F(PostfixServicesApply, OtherServicesThatBecomePublicAreNamed) {
  add("main.cf", "inet_interfaces = loopback-only\n");
  add("master.cf", "10025 inet n - n - - smtpd\n127.0.0.1:10026 inet n - n - - smtpd\n");
  EXPECT_THAT(configuration("[listener inbound]\n")->findings().format_all(),
              HasSubstr("warning: \"inet_interfaces = all\" instead of loopback-only lets other "
                        "services of master.cf listen on every address, too: 10025/inet\n"));
  EXPECT_EQ(configuration("[listener inbound]\naddress = 127.0.0.1\n")->findings().format_all(),
            "");
}

TEST_F(PostfixServicesApply, AMilterThatIsNeverAskedIsAnError) {
  const auto findings = [&] { return configuration(kPlain)->findings().format_all(); };
  add("master.cf",
      "127.0.0.2:2601 inet n - n - - smtpd\n"
      "  -o receive_override_options=no_header_body_checks,no_milters\n");
  EXPECT_THAT(findings(),
              HasSubstr("policy.conf:5: error: \"receive_override_options = no_header_body_checks,"
                        "no_milters\" in the options of 127.0.0.2:2601/inet in master.cf keeps "));
  postconf({"-P", "127.0.0.2:2601/inet/receive_override_options="});
  add("main.cf", "receive_override_options = no_milters\n");
  EXPECT_EQ(findings(), "");
  postconf({"-PX", "127.0.0.2:2601/inet/receive_override_options"});
  cool_down();
  EXPECT_THAT(findings(), HasSubstr("error: \"receive_override_options = no_milters\" in main.cf"));
}

TEST_F(PostfixServicesApply, AMilterThatSomeClientsAreKeptFromIsNamed) {
  const auto findings = [&] { return configuration(kPlain)->findings().format_all(); };
  add("main.cf", "smtpd_milter_maps = cidr:/etc/postfix/milters\n");
  EXPECT_THAT(findings(), HasSubstr("warning: \"smtpd_milter_maps = cidr:/etc/postfix/milters\""));
  postconf({"-e", "smtpd_milter_maps = static:DISABLE"});
  cool_down();
  EXPECT_THAT(findings(), HasSubstr("error: \"smtpd_milter_maps = static:DISABLE\" in main.cf"));
}

TEST_F(PostfixServicesApply, ArgumentsThatAreNoSettingStay) {
  add("master.cf",
      "2601 inet n - n - - smtpd -v -o content_filter=x:\n"
      "  -o { smtpd_banner = a -v b } -D\n");
  apply("[listener inside]\nrole = outbound\nport = 2601\nidle_timeout = 5m\n");
  const std::string line = postconf({"-M", "2601/inet"});
  EXPECT_THAT(line, HasSubstr("smtpd -v -D"));
  EXPECT_THAT(line, HasSubstr("-o content_filter=x:"));
  EXPECT_THAT(line, HasSubstr("-o {smtpd_banner=a -v b}"));
}

}  // namespace
}  // namespace portcullis
