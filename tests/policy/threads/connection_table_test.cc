#include "policy/connection_table.h"

#include <atomic>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis {
namespace {

// Threads take and give at random; at every moment no limit is exceeded, and in the end all is
// zero.
TEST(ConnectionTableThreads, ConcurrentLeasesNeverExceedALimitAndAllComeBack) {
  ConnectionTable table(42);
  const ListenerGauge inbound = table.listener_gauge("inbound");
  const ClassGauge partners = table.class_gauge("partners");
  constexpr std::uint32_t kPerClient = 3;
  constexpr std::uint32_t kListener = 40;
  std::atomic<bool> exceeded{false};
  const auto work = [&](unsigned seed) {
    std::mt19937 random(seed);
    std::vector<ConnectionTable::Lease> held;
    for (int i = 0; i < 20'000; ++i) {
      ConnectionClaim wanted;
      wanted.listener = inbound;
      wanted.client_network = IpPrefix::host(IpAddress::from_ipv4(random() % 16));
      wanted.client_class = random() % 2 == 0 ? std::optional(partners) : std::nullopt;
      wanted.max_per_client = kPerClient;
      wanted.max_per_listener = kListener;
      if (auto grant = table.acquire(wanted); grant.lease) held.push_back(std::move(grant.lease));
      if (table.client_connections(inbound, wanted.client_network) > kPerClient) exceeded = true;
      if (table.totals().connections > kListener) exceeded = true;
      if (held.size() > 12) held.erase(held.begin() + static_cast<long>(random() % held.size()));
    }
  };
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) threads.emplace_back(work, seed);
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(table.totals().connections, 0u);
  EXPECT_EQ(table.totals().classes.front().connections, 0u);
  EXPECT_EQ(table.client_networks(), 0u);
}

}  // namespace
}  // namespace portcullis
