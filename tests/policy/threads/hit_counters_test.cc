#include "policy/hit_counters.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace portcullis {
namespace {

constexpr Time at(int seconds) {
  return Time(std::chrono::seconds(1'800'000'000 + seconds));
}

// Eight threads count while a ninth takes away what it finds: every hit is somewhere, once.
TEST(HitCountersThreads, AreExactUnderManyThreads) {
  constexpr std::uint32_t kEntries = 50;
  constexpr int kRounds = 20'000;
  constexpr int kThreads = 8;
  HitCounters from(kEntries);
  HitCounters to(kEntries);
  const auto move_all = [&] {
    from.for_each([&](EntryIndex index, const Hits&) { to.add(index, from.take(index)); });
  };
  std::atomic<bool> stop{false};
  std::thread mover([&] {
    while (!stop) move_all();
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) from.count(EntryIndex{(i + t) % kEntries}, at(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  stop = true;
  mover.join();
  move_all();
  from.for_each([](EntryIndex, const Hits&) { ADD_FAILURE() << "left behind"; });
  std::uint32_t entries = 0;
  Time latest{};
  to.for_each([&](EntryIndex, const Hits& hits) {
    EXPECT_EQ(hits.count, kThreads * kRounds / kEntries);
    latest = std::max(latest, hits.last);
    ++entries;
  });
  EXPECT_EQ(entries, kEntries);
  EXPECT_EQ(latest, at(kRounds - 1));
}

}  // namespace
}  // namespace portcullis
