#include "milter/logging.h"

#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/syslog_sink.h>
#include <syslog.h>
#include <unistd.h>

namespace portcullis {
namespace {

// Standard error, with one write(2) for all lines between two flushes.
class StandardErrorSink : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& line) override { formatter_->format(line, lines_); }
  void flush_() override {
    std::fwrite(lines_.data(), 1, lines_.size(), stderr);
    std::fflush(stderr);
    lines_.clear();
  }

 private:
  spdlog::memory_buf_t lines_;
};

bool means_standard_error(LogTarget target) {
  return target == LogTarget::standard_error ||
         (target == LogTarget::automatic && ::isatty(STDERR_FILENO) == 1);
}

std::unique_ptr<spdlog::sinks::sink> make_sink(bool on_standard_error) {
  if (!on_standard_error) {
    return std::make_unique<spdlog::sinks::syslog_sink_mt>("portcullisd", LOG_PID, LOG_MAIL, false);
  }
  auto sink = std::make_unique<StandardErrorSink>();
  // Not %P, which asks the kernel for every line.
  sink->set_pattern(fmt::format("%Y-%m-%dT%H:%M:%S.%e%z portcullisd[{}]: %l: %v", ::getpid()));
  return sink;
}

// `words` is memory to use again.
void hand_on(spdlog::sinks::sink& sink, const LogLine& line, std::string& words) {
  words.clear();
  line.text->write_to(words);
  sink.log(spdlog::details::log_msg(line.time, {}, {},
                                    static_cast<spdlog::level::level_enum>(line.level), words));
}

// What cannot be written, for want of memory, must not end the thread or fail a client.
template <typename Step>
void attempt(Step&& step) noexcept {
  try {
    step();
  } catch (...) {
  }
}

}  // namespace

Log::Log(LogTarget target, bool verbose)
    : on_standard_error_(means_standard_error(target)),
      verbose_(verbose),
      sink_(make_sink(on_standard_error_)) {}

Log::~Log() = default;

void Log::start_thread() {
  queue_ = std::make_unique<LineQueue>([this](const LineQueue::Lines& lines) {
    for (const LogLine& line : lines) {
      attempt([&] { hand_on(*sink_, line, words_); });
    }
    attempt([&] { sink_->flush(); });
  });
}

void Log::error(std::string_view line) noexcept {
  write(spdlog::level::err, line);
}
void Log::warning(std::string_view line) noexcept {
  write(spdlog::level::warn, line);
}
void Log::info(std::string_view line) noexcept {
  write(spdlog::level::info, line);
}
void Log::write_debug(std::string_view line) noexcept {
  write(spdlog::level::debug, line);
}

void Log::info(std::shared_ptr<const LineText> line) noexcept {
  attempt([&] { write(spdlog::level::info, std::move(line)); });
}

void Log::put_into_words(std::chrono::milliseconds waited) noexcept {
  if (queue_) queue_->put_into_words(waited);
}

void Log::flush(std::chrono::milliseconds patience) noexcept {
  // A log that cannot be flushed must not keep the daemon from ending.
  attempt([&] {
    if (queue_) queue_->flush(patience);
  });
}

std::uint64_t Log::dropped() const {
  return queue_ ? queue_->dropped() : 0;
}

void Log::write(int level, std::string_view line) noexcept {
  attempt([&] { write(level, std::make_shared<PlainText>(std::string(line))); });
}

void Log::write(int level, std::shared_ptr<const LineText> line) {
  if (queue_) return queue_->push(level, std::move(line));
  hand_on(*sink_, {std::chrono::system_clock::now(), level, std::move(line)}, words_);
  sink_->flush();
}

}  // namespace portcullis
