#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace portcullis::testing {

// How long a test waits for something that must happen. Generous, because the machine may be busy;
// a wait ends as soon as its condition holds, so a passing test never spends it.
inline constexpr std::chrono::milliseconds kPatience{15'000};

// Waits until `predicate` holds; false if it still does not when `limit` has passed.
// The predicate is called at least twice, the last time at the limit. No test sleeps instead of
// this.
template <typename Predicate>
[[nodiscard]] bool eventually(Predicate predicate, std::chrono::milliseconds limit = kPatience) {
  const auto end = std::chrono::steady_clock::now() + limit;
  std::chrono::milliseconds pause{1};
  while (!predicate()) {
    if (std::chrono::steady_clock::now() >= end) return predicate();
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds{20});
  }
  return true;
}

}  // namespace portcullis::testing
