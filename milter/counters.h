#pragma once

#include <atomic>
#include <cstdint>

namespace portcullis {

// What the daemon has done since it started. Every counter only grows, is exact by itself, and may
// be read and changed by any thread; together they are no snapshot.
struct Counters {
  using Counter = std::atomic<std::uint64_t>;

  Counter verdict_continue{0};
  Counter verdict_tempfail{0};
  Counter verdict_reject{0};
  Counter verdict_would_tempfail{0};  // under observe
  Counter verdict_would_reject{0};
  Counter no_session{0};       // HELO or MAIL of a client that was never announced
  Counter internal_errors{0};  // answered by on_internal_error
  Counter refused_over_max_sessions{0};
  Counter refused_draining{0};
  Counter reloads_ok{0};
  Counter reloads_failed{0};
};

// Order does not matter to a count.
inline void count(Counters::Counter& counter) noexcept {
  counter.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace portcullis
