#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "bench/filter/latencies.h"

namespace portcullis::bench {

// What one client of a server does, again and again: connect, talk, leave.
class Exchange {
 public:
  enum class State { talking, done, failed };

  virtual ~Exchange() = default;

  // Connects and says the first word. The descriptor to watch, or nothing if the server's queue is
  // full: to be tried again soon.
  virtual std::optional<int> open() = 0;

  // The descriptor has become readable. After `done` open() may come again.
  virtual State advance() = 0;

  // Says why, after `failed`.
  virtual std::string failure() const = 0;
};

// When a run ends, and how fast it may go.
struct LoadLimits {
  std::chrono::duration<double> time{3600};
  std::uint64_t sessions = 1'000'000'000;
  double rate = 0;  // sessions begun a second; 0: each client begins again as soon as it has ended
};

struct LoadResult {
  std::uint64_t sessions = 0;
  std::uint64_t late = 0;  // of a rate: sessions that found no client free at their time
  std::chrono::duration<double> time{0};
  std::string failure;  // of the first session that failed; then the run ended there

  double rate() const {
    return time.count() > 0 ? static_cast<double>(sessions) / time.count() : 0;
  }
};

// Drives many exchanges from one thread. Ends by itself: a server that says nothing for
// kPatience has failed.
class LoadLoop {
 public:
  static constexpr std::chrono::seconds kPatience{20};

  LoadLoop();
  ~LoadLoop();
  LoadLoop(const LoadLoop&) = delete;
  LoadLoop& operator=(const LoadLoop&) = delete;

  // Runs to the limits, then lets what is open end. All of `clients` may talk at once. After a
  // failure the loop, and those who were talking, are of no more use.
  LoadResult run(std::span<Exchange* const> clients, const LoadLimits& limits);

 private:
  class Run;

  int epoll_;
};

}  // namespace portcullis::bench
