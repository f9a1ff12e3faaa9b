// What a client of a real MTA leaves in the figures of the entry that decided about it.

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

class EntryHits : public GuardedMtaTest {
 protected:
  static constexpr const char* kPolicy = R"(
[listener inbound]
[class blocked]
action = deny
clients = file:blocked.list
[class partners]
action = permit
clients = 127.0.3.0/24
)";

  // "127.0.2.0/24 3": every entry of the class that has hits, most recent first.
  static std::vector<std::string> hits(const std::string& client_class) {
    std::vector<std::string> found;
    const auto answer = daemon().ask("hits " + client_class);
    for (const auto& entry : answer.at("entries")) {
      found.push_back(
          fmt::format("{} {}", entry.at("text").get<std::string>(), entry.at("count").get<int>()));
    }
    return found;
  }
};
PORTCULLIS_ON_BOTH_MTAS(EntryHits);

using Texts = std::vector<std::string>;

TEST_P(EntryHits, EachConnectionCountsOnceAndAReloadForgetsNone) {
  daemon().write_list("blocked.list", "127.0.2.0/24\n127.0.4.1\n");
  host().use_policy(kPolicy);
  EXPECT_EQ(hits("blocked"), Texts{});
  expect_denied("127.0.2.7");
  expect_denied("127.0.2.8");
  expect_permitted("127.0.3.1");
  expect_permitted("127.0.9.9");
  EXPECT_EQ(hits("blocked"), Texts{"127.0.2.0/24 2"});
  EXPECT_EQ(hits("partners"), Texts{"127.0.3.0/24 1"});

  daemon().write_list("blocked.list", "127.0.4.1\n127.0.5.0/24\n127.0.2.0/24\n");
  ASSERT_TRUE(daemon().reload()) << daemon().log();  // by SIGUSR1
  EXPECT_EQ(hits("blocked"), Texts{"127.0.2.0/24 2"});
  expect_denied("127.0.2.9");
  EXPECT_EQ(hits("blocked"), Texts{"127.0.2.0/24 3"});
}

TEST_P(EntryHits, WhoIsConnectedIsKnownWhateverItsVerdict) {
  daemon().write_list("blocked.list", "127.0.2.0/24\n");
  host().use_policy(kPolicy);
  const auto peers = [] { return daemon().ask("peers").at("peers").get<Texts>(); };
  ASSERT_TRUE(eventually([&] { return peers().empty(); }));
  SmtpClient partner = greeted("127.0.3.1");
  SmtpClient other = greeted("127.0.9.9");
  SmtpClient denied = client_from("127.0.2.7");
  EXPECT_EQ(denied.read_banner().code, 554);
  EXPECT_TRUE(eventually([&] {
    return peers() == Texts{"127.0.3.1", "127.0.9.9"} ||
           peers() == Texts{"127.0.2.7", "127.0.3.1", "127.0.9.9"};
  }));
  partner.quit();
  other.quit();
  denied.quit();
  EXPECT_TRUE(eventually([&] { return peers().empty(); }));
}

}  // namespace
}  // namespace portcullis::testing
