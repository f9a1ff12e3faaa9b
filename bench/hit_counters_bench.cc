// What a session pays for being counted at its entry and known as a peer; and the memory of it.

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "milter/live_peers.h"
#include "policy/hit_counters.h"

namespace portcullis {
namespace {

constexpr std::size_t kEntries = 1'000'000;
constexpr Time kNow{std::chrono::seconds{1'800'000'000}};

// A hit on one of `range(0)` entries, which lie anywhere among a million.
void hit(benchmark::State& state) {
  static HitCounters* hits = nullptr;
  if (state.thread_index() == 0) hits = new HitCounters(kEntries);
  std::mt19937 random(20261122);
  std::vector<EntryIndex> hit_entries(static_cast<std::size_t>(state.range(0)));
  for (EntryIndex& entry : hit_entries) entry = static_cast<EntryIndex>(random() % kEntries);
  std::mt19937 order(static_cast<unsigned>(state.thread_index()));
  for (auto _ : state) hits->count(hit_entries[order() % hit_entries.size()], kNow);
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() != 0) return;
  for (const EntryIndex entry : hit_entries) hits->count(entry, kNow);
  state.counters["MB"] = static_cast<double>(hits->memory_bytes()) / 1e6;
  delete hits;
  hits = nullptr;
}
BENCHMARK(hit)->RangeMultiplier(10)->Range(1, 1'000'000)->ThreadRange(1, 2)->UseRealTime();

// One session that comes and goes beside `range(0)` that stay.
void peer_comes_and_goes(benchmark::State& state) {
  static LivePeers* peers = nullptr;
  static std::vector<std::unique_ptr<LivePeers::Place>>* held = nullptr;
  if (state.thread_index() == 0) {
    peers = new LivePeers;
    held = new std::vector<std::unique_ptr<LivePeers::Place>>;
    for (std::uint32_t i = 0; i < state.range(0); ++i) {
      held->push_back(std::make_unique<LivePeers::Place>(*peers));
      held->back()->enter(IpAddress::from_ipv4(i));
    }
  }
  for (auto _ : state) {
    LivePeers::Place place(*peers);
    place.enter(IpAddress::from_ipv4(0x0a00'0001));
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() != 0) return;
  delete held;
  delete peers;
}
BENCHMARK(peer_comes_and_goes)->Arg(0)->Arg(8'192)->ThreadRange(1, 2)->UseRealTime();

// The question, while nobody else asks.
void ask_for_peers(benchmark::State& state) {
  LivePeers peers;
  std::vector<std::unique_ptr<LivePeers::Place>> held;
  for (std::uint32_t i = 0; i < state.range(0); ++i) {
    held.push_back(std::make_unique<LivePeers::Place>(peers));
    held.back()->enter(IpAddress::from_ipv4(i * 0x9e37'79b1));
  }
  for (auto _ : state) benchmark::DoNotOptimize(peers.addresses(100'000));
}
BENCHMARK(ask_for_peers)->Arg(8'192);

}  // namespace
}  // namespace portcullis
