// A list that is edited while the MTA serves: the next connection finds the new one.

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

class ListEdit : public GuardedMtaTest {
 protected:
  static void run(const std::vector<std::string>& arguments) {
    const CommandResult result = daemon().cli(arguments);
    ASSERT_EQ(result.status.code, 0) << result.output << result.error;
  }
};
PORTCULLIS_ON_BOTH_MTAS(ListEdit);

TEST_P(ListEdit, APermitEntryForADeniedClientHoldsAtItsNextConnectionUntilItIsTakenBack) {
  daemon().write_list("partners.list", "127.0.3.1\n");
  host().use_policy(R"(
[listener inbound]
[class blocked]
action = deny
clients = 127.0.2.0/24
[class partners]
action = permit
clients = file:partners.list
)");
  expect_denied("127.0.2.25");
  run({"list", "add", "partners", "127.0.2.25", "--comment", "moved to us", "--reload"});
  expect_permitted("127.0.2.25");
  expect_denied("127.0.2.24");
  run({"list", "undo", "partners", "--reload"});
  expect_denied("127.0.2.25");
  EXPECT_EQ(read_file(daemon().scratch() / "partners.list"), "127.0.3.1\n");
}

}  // namespace
}  // namespace portcullis::testing
