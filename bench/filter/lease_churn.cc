// Many distinct clients come and go on the connection table from two threads: what a connection
// costs there, and whether the memory is given back.

#include <chrono>
#include <cstdint>
#include <fstream>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "policy/connection_table.h"

namespace portcullis {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kThreads = 2;
constexpr std::uint32_t kClients = 1'000'000;  // distinct, over all threads
constexpr std::uint32_t kHeldAtOnce = 10'000;  // per thread
constexpr int kRounds = 5;

std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  statm >> size >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

ConnectionClaim claim(ListenerGauge listener, std::uint32_t client) {
  ConnectionClaim result;
  result.listener = listener;
  result.client_network = IpPrefix::host(IpAddress::from_ipv4(client * 0x9e37'79b1));
  result.max_per_client = 20;
  result.max_per_listener = 100'000'000;
  return result;
}

// Each client of the thread's share once; a lease ends when `held` others have begun.
void churn(ConnectionTable& table, ListenerGauge listener, unsigned thread, std::uint32_t held) {
  std::vector<ConnectionTable::Lease> leases(held);
  const std::uint32_t share = kClients / kThreads;
  for (std::uint32_t i = 0; i < share; ++i) {
    leases[i % held] = table.acquire(claim(listener, thread * share + i)).lease;
  }
}

// Nanoseconds that a thread needs for one acquire and release while the other does the same.
double contended(ConnectionTable& table, ListenerGauge listener, std::uint32_t held) {
  const auto begin = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (unsigned thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] { churn(table, listener, thread, held); });
    }
  }
  const std::chrono::duration<double, std::nano> taken = Clock::now() - begin;
  return taken.count() / (kClients / kThreads);
}

void run() {
  ConnectionTable table(20261121);
  const ListenerGauge listener = table.listener_gauge("inbound");
  const std::int64_t before = resident_bytes();
  std::vector<double> times;
  std::vector<std::int64_t> after;
  for (int round = 0; round < kRounds; ++round) {
    times.push_back(contended(table, listener, kHeldAtOnce));
    after.push_back(resident_bytes() - before);
  }
  // All of them at once, as a flood would have it.
  std::vector<double> flood_times;
  std::vector<std::int64_t> after_floods;
  for (int round = 0; round < kRounds; ++round) {
    flood_times.push_back(contended(table, listener, kClients / kThreads));
    after_floods.push_back(resident_bytes() - before);
  }
  fmt::print(R"({{"ns": [{:.1f}], "rss_after": [{}], "flood_ns": [{:.1f}], )"
             R"("rss_after_flood": [{}], "client_networks": {}}})"
             "\n",
             fmt::join(times, ", "), fmt::join(after, ", "), fmt::join(flood_times, ", "),
             fmt::join(after_floods, ", "), table.client_networks());
}

}  // namespace
}  // namespace portcullis

int main() {
  portcullis::run();
}
