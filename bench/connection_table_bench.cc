// Acquire and release of one counted connection, alone and contended, among many distinct clients.

#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "policy/connection_table.h"

namespace portcullis {
namespace {

// Connections held by others while the measured ones come and go.
class HeldConnections {
 public:
  explicit HeldConnections(std::uint32_t networks) : listener_(table_.listener_gauge("inbound")) {
    for (std::uint32_t i = 0; i < networks; ++i) leases_.push_back(table_.acquire(claim(i)).lease);
  }

  ConnectionClaim claim(std::uint32_t client) const {
    ConnectionClaim claim;
    claim.listener = listener_;
    claim.client_network = IpPrefix::host(IpAddress::from_ipv4(client * 0x9e37'79b1));
    claim.max_per_client = 20;
    claim.max_per_listener = 100'000'000;
    return claim;
  }

  ConnectionTable& table() { return table_; }

 private:
  ConnectionTable table_{20261121};
  ListenerGauge listener_;
  std::vector<ConnectionTable::Lease> leases_;
};

void acquire_and_release(benchmark::State& state) {
  static HeldConnections* held = nullptr;
  if (state.thread_index() == 0) {
    held = new HeldConnections(static_cast<std::uint32_t>(state.range(0)));
  }
  std::mt19937 random(static_cast<unsigned>(state.thread_index()));
  for (auto _ : state) {
    const auto grant = held->table().acquire(
        held->claim(0x4000'0000 + static_cast<std::uint32_t>(random() % 1'000'000)));
    benchmark::DoNotOptimize(grant.exceeded);
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) {
    delete held;
    held = nullptr;
  }
}
BENCHMARK(acquire_and_release)
    ->Arg(0)
    ->Arg(8'192)
    ->Arg(1'000'000)
    ->ThreadRange(1, 2)
    ->UseRealTime();

}  // namespace
}  // namespace portcullis
