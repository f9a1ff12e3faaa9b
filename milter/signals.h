#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace portcullis {

// The signals of the daemon, as its main thread sees them:
//   SIGUSR1                  reload
//   SIGTERM, SIGINT, SIGHUP  stop (HUP is libmilter's, and stops every milter)
//
// All of them, always: libmilter's own thread for TERM, INT and HUP, whose sigwait(3) would take
// one now and then and stop the filter behind our back, is given nothing to wait for.
enum class Event : std::uint8_t {
  reload,
  stop,
  woken,  // by WakeUp
  none,   // the time is over
};

// Blocks the signals, for this thread and all it starts, and sets their handlers. Ignores SIGPIPE.
// To be called once, before the first thread is started.
void block_signals();

// Lets the signals come, to this thread. For the main thread, when it has started all others: they
// are born with the signals blocked.
void receive_signals();

// The next thing to do. Several requests of one kind are one. For the main thread.
Event next_event(std::optional<std::chrono::milliseconds> patience = std::nullopt);

// Makes next_event() return. Any thread may call it; it does not block.
struct WakeUp {
  void operator()() const noexcept;
};

}  // namespace portcullis
