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

}  // namespace
}  // namespace portcullis
