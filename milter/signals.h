#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace portcullis {

// The signals of the daemon, as its main thread sees them:
//   SIGUSR1                  reload
//   SIGTERM, SIGINT, SIGHUP  stop (HUP is libmilter's, and stops every milter)
//
// libmilter has a thread that waits for TERM, INT and HUP as well. The kernel gives a signal to the
// main thread as long as that does not block it, so from before libmilter starts until the end it
// never does: a handler only takes a note, and next_event() reads it. Two signals in the same
// microseconds can still end up with libmilter; then smfi_main() returns, within five seconds, and
// the daemon stops just so.
enum class Event : std::uint8_t {
  reload,
  stop,
  woken,  // by WakeUp
  none,   // the time is over
};

// Blocks the signals, for this thread and all it starts, and sets their handlers. Ignores SIGPIPE.
// To be called once, before the first thread is started.
void block_signals();

// Lets the signals come, to this thread. For the main thread, before libmilter is started. A thread
// that is started afterwards is to call block_signals_here() first.
void receive_signals();
void block_signals_here();

// The next thing to do. Several requests of one kind are one. For the main thread.
Event next_event(std::optional<std::chrono::milliseconds> patience = std::nullopt);

// Makes next_event() return. Any thread may call it; it does not block.
struct WakeUp {
  void operator()() const noexcept;
};

}  // namespace portcullis
