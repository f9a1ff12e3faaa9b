#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/daemon_settings.h"
#include "milter/line_queue.h"

namespace spdlog::sinks {
class sink;
}  // namespace spdlog::sinks

namespace portcullis {

// Log writes lines to syslog (facility mail, ident portcullisd) or to standard error. Its
// severities mean: error, the operator must act; warning, it works but not as it is meant; info,
// the life of the daemon and one line for each verdict; debug, only with -v.
//
// Thread safety: any thread may write. After start_thread() a write puts the line into a bounded
// queue and returns; a thread of the log's own hands it on, at once or at most LineQueue::kRest
// later. When that thread cannot keep up, the oldest lines are dropped and counted: a full disk or
// a stopped journal never delays a client. No write throws.
class Log {
 public:
  // LogTarget::automatic is standard error if that is a terminal, else syslog.
  Log(LogTarget target, bool verbose);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool on_standard_error() const { return on_standard_error_; }

  // To be called once, by the thread that made the log, before other threads write.
  void start_thread();

  void error(std::string_view line) noexcept;
  void warning(std::string_view line) noexcept;
  void info(std::string_view line) noexcept;
  // `words` returns the line. It is asked for only with -v, and may throw.
  template <typename Words>
  void debug(const Words& words) noexcept {
    if (!verbose_) return;
    try {
      write_debug(words());
    } catch (...) {  // no memory for the words
    }
  }
  // An info line that is put into words when it is written.
  void info(std::shared_ptr<const LineText> line) noexcept;

  // As LineQueue::put_into_words().
  void put_into_words(std::chrono::milliseconds waited) noexcept;

  // Waits until everything written so far has been handed on, but not longer than `patience`.
  void flush(std::chrono::milliseconds patience) noexcept;

  // Lines dropped since the start.
  std::uint64_t dropped() const;

 private:
  void write_debug(std::string_view line) noexcept;
  void write(int level, std::string_view line) noexcept;
  void write(int level, std::shared_ptr<const LineText> line);

  bool on_standard_error_;
  bool verbose_;
  std::unique_ptr<spdlog::sinks::sink> sink_;
  std::string words_;  // of the line being handed on: by the first thread, then by the queue's
  std::unique_ptr<LineQueue> queue_;  // null until start_thread(); goes before the sink
};

}  // namespace portcullis
