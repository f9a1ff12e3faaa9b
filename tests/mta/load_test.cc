// Two hundred clients at once, each leaving in its own way: nothing stays behind in the daemon.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

constexpr int kClients = 200;
constexpr int kThreads = 20;

constexpr const char* kPolicy = R"(
[listener inbound]
max_connections_per_client = 2
[listener second]
port = 587
[class partners]
action = permit
clients = 127.0.10.0/24
max_connections_per_client = 3
[class blocked]
action = deny
clients = 127.0.11.0/24
[class later]
action = deny
clients = 127.0.12.0/24
answer_at = helo
[class internal]
action = exempt
clients = 127.0.13.0/24
)";

class Load : public GuardedMtaTest {
 protected:
  void SetUp() override {
    GuardedMtaTest::SetUp();
    host().use_policy(kPolicy);
  }

  static std::size_t descriptors() {
    const std::filesystem::path folder = "/proc/" + std::to_string(daemon().pid()) + "/fd";
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }

  // Runs `work` for every number below kClients, on a bounded number of threads.
  static void for_every_client(const std::function<void(int)>& work) {
    std::atomic<int> next{0};
    std::vector<std::jthread> threads;
    for (int number = 0; number < kThreads; ++number) {
      threads.emplace_back([&] {
        for (int client = next++; client < kClients; client = next++) {
          try {
            work(client);
          } catch (const std::exception& error) {
            ADD_FAILURE() << "client " << client << ": " << error.what();
          }
        }
      });
    }
  }

  // Five addresses in each of eight networks, some of them in a class, with five clients each.
  static int network_of(int number) { return 8 + number % 8; }
  static std::string address_of(int number) {
    return fmt::format("127.0.{}.{}", network_of(number), 1 + number % 5);
  }
  static std::string service_of(int number) { return number % 3 == 0 ? "second" : "inbound"; }

  // kill -9, for ten clients in the middle. Returns when the MTA has noticed: Postfix's master logs
  // each death, and must not do so while all the others log that they end. The queue of its log
  // (net.unix.max_dgram_qlen) would be full, postlogd would wait for master and master for
  // postlogd, until postlogd's watchdog ends it.
  static void kill_some_session_processes(std::vector<std::optional<SmtpClient>>& clients) {
    std::set<pid_t> victims;
    for (std::size_t number = 4; victims.size() < 10; number += 5) {
      SmtpClient& client = clients.at(number).value();
      if (client.closed_by_peer(std::chrono::milliseconds{0})) continue;
      victims.insert(mta().session_process(client));
    }
    for (const pid_t victim : victims) kill(victim, SIGKILL);
    EXPECT_TRUE(eventually([&] {
      const std::vector<pid_t> alive = mta().session_processes();
      return std::ranges::none_of(alive, [&](pid_t one) { return victims.contains(one); });
    }));
  }

  // What must be counted while all of them are there.
  static Gauges everyone() {
    Gauges gauges;
    std::map<std::string, int> of_client;
    for (int number = 0; number < kClients; ++number) {
      const int network = network_of(number);
      if (network >= 11 && network <= 13) continue;  // denied, or exempt
      const bool partner = network == 10;
      const std::string service = service_of(number);
      const int limit = partner ? 3 : service == "inbound" ? 2 : kClients;
      int& count = of_client[address_of(number) + service];
      if (count == limit) continue;
      ++count;
      ++gauges.counted;
      ++gauges.listeners[service];
      if (partner) ++gauges.classes["partners"];
    }
    return gauges;
  }
};
PORTCULLIS_ON_BOTH_MTAS(Load);

TEST_P(Load, TwoHundredClientsAtOnceLeaveNothingBehind) {
  expect_permitted("127.0.1.1");
  ASSERT_TRUE(host().reaches({}));
  const std::size_t before = descriptors();

  // All of them are there at once, and half have said something.
  std::vector<std::optional<SmtpClient>> clients(kClients);
  std::atomic<int> answered{0};
  for_every_client([&](int number) {
    SmtpClient& client = clients[static_cast<std::size_t>(number)].emplace(
        client_from(address_of(number), service_of(number)));
    const auto banner = client.try_read_reply();
    if (banner) ++answered;
    if (!banner || banner->code == 421 || number % 2 == 0) return;
    client.send_line("EHLO client.test");
    client.send_line("MAIL FROM:<a@client.test>");
    client.try_read_reply();
  });
  EXPECT_EQ(answered, kClients);
  Gauges busy = host().gauges();
  EXPECT_GE(busy.sessions, busy.counted);
  busy.sessions = 0;  // a client that was denied at HELO has one under Sendmail, none under Postfix
  EXPECT_EQ(busy, everyone());
  EXPECT_LT(everyone().counted, 125) << "some clients were to be over their limit";
  EXPECT_GT(descriptors(), before);

  kill_some_session_processes(clients);
  for_every_client([&](int number) {
    SmtpClient& client = *clients[static_cast<std::size_t>(number)];
    switch (number % 4) {
      case 0:
        return client.close();
      case 1:
        return client.abort();
      case 2:
        client.send_line("QUIT");
        return client.close();
      default:
        client.send_line("QUIT");
        EXPECT_TRUE(client.closed_by_peer()) << client.transcript_text();
    }
  });

  EXPECT_TRUE(host().reaches({})) << to_string(host().gauges());
  EXPECT_EQ(daemon().status().at("client_networks"), 0);
  EXPECT_TRUE(eventually([&] { return descriptors() == before; }))
      << descriptors() << " descriptors, before " << before;
  EXPECT_EQ(daemon().status().at("internal_errors"), 0);
  expect_permitted("127.0.1.1");
}

TEST_P(Load, ClientsThatComeAndGoLeaveNothingBehind) {
  expect_permitted("127.0.1.1");
  ASSERT_TRUE(host().reaches({}));
  const std::size_t before = descriptors();
  for_every_client([&](int number) {
    SmtpClient client = client_from(address_of(number), service_of(number));
    if (number % 5 == 0) return client.abort();  // perhaps before the daemon has heard of it
    const auto banner = client.try_read_reply();
    if (!banner || banner->code == 421 || number % 5 == 1) return;
    client.command("EHLO client.test");
    client.command("MAIL FROM:<a@client.test>");
    if (number % 5 == 2) client.quit();
  });
  EXPECT_TRUE(host().reaches({})) << to_string(host().gauges());
  EXPECT_EQ(daemon().status().at("client_networks"), 0);
  EXPECT_TRUE(eventually([&] { return descriptors() == before; }))
      << descriptors() << " descriptors, before " << before;
}

}  // namespace
}  // namespace portcullis::testing
