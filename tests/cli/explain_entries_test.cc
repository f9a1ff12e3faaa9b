// `portcullis explain` on the entries that hold a client: why each won or lost.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Strings = std::vector<std::string>;

// "TEXT CLASS FATE" of every covering entry, in order.
Strings fates(const nlohmann::json& json) {
  Strings all;
  for (const auto& entry : json["entries"]) {
    all.push_back(std::string(entry["text"]) + ' ' + std::string(entry["class"]) + ' ' +
                  std::string(entry["fate"]));
  }
  return all;
}

class ExplainEntries : public Cli {
 protected:
  ExplainEntries() {
    write_policy(R"([listener inbound]
[listener other]
port = 26
[class permitted]
action = permit
clients = 192.0.2.0/24, 198.51.100.7, mx.example.com, .example.com
[class first]
action = deny
clients = 192.0.0.0/16, 192.0.2.0/24, 192.0.2.128/25 expires=2027-01-01T00:00:00Z
    203.0.113.0/24
    10.1.0.0/16
[class second]
action = deny
clients = 203.0.113.0/24
[class elsewhere]
action = deny
listeners = other
clients = 192.0.2.192/26
[class internal]
action = exempt
clients = 10.0.0.0/8, 10.0.0.0/9
)");
  }
  Strings fates_of(Strings arguments) const {
    arguments.insert(arguments.begin(), "explain");
    return fates(json_here(std::move(arguments)));
  }
};

TEST_F(ExplainEntries, EachSaysWhyItWonOrLost) {
  EXPECT_THAT(fates_of({"192.0.2.200", "--at", "2027-01-01T00:00:00Z"}),
              ElementsAre("192.0.0.0/16 first less_specific",
                          "192.0.2.0/24 first permit_before_deny", "192.0.2.0/24 permitted decides",
                          "192.0.2.128/25 first expired", "192.0.2.192/26 elsewhere not_in_force"));
  EXPECT_THAT(fates_of({"192.0.2.200", "--at", "2026-12-31T23:59:59Z"}),
              ElementsAre("192.0.0.0/16 first less_specific", "192.0.2.0/24 first less_specific",
                          "192.0.2.0/24 permitted less_specific", "192.0.2.128/25 first decides",
                          "192.0.2.192/26 elsewhere not_in_force"));
  EXPECT_THAT(fates_of({"203.0.113.1"}),
              ElementsAre("203.0.113.0/24 second class_order", "203.0.113.0/24 first decides"));
  EXPECT_THAT(fates_of({"10.1.2.3"}),
              ElementsAre("10.0.0.0/8 internal less_specific", "10.0.0.0/9 internal decides",
                          "10.1.0.0/16 first exempt_before"));
}

TEST_F(ExplainEntries, HostNamesToo) {
  EXPECT_THAT(
      fates_of({"8.8.8.8", "--name", "mx.example.com"}),
      ElementsAre(".example.com permitted less_specific", "mx.example.com permitted decides"));
  EXPECT_THAT(fates_of({"203.0.113.1", "--name", "a.example.com"}),
              ElementsAre(".example.com permitted address_before_name",
                          "203.0.113.0/24 second class_order", "203.0.113.0/24 first decides"));
}

TEST_F(ExplainEntries, TextSaysWhenAnEntryExpired) {
  const CommandResult result = run_here({"explain", "192.0.2.200", "--at", "2027-06-01T00:00:00Z"});
  EXPECT_THAT(result.output, HasSubstr("192.0.2.128/25 in class first (deny), " + policy_path() +
                                       ":9: expired at 2027-01-01T00:00:00Z\n"));
  EXPECT_THAT(result.output, HasSubstr("the class is not in force on listener inbound\n"));
}

}  // namespace
}  // namespace portcullis::testing
