#include "milter/logging.h"

#include <condition_variable>
#include <mutex>
#include <vector>

#include <spdlog/async.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <syslog.h>
#include <unistd.h>

namespace portcullis {

// A sink that writes nothing. spdlog flushes a logger's sinks in order, so when this one, the last,
// is flushed, everything before the flush has been written.
class FlushSignal : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  bool wait_for(std::uint64_t count, std::chrono::milliseconds patience) {
    std::unique_lock lock(flush_mutex_);
    return changed_.wait_for(lock, patience, [&] { return count_ >= count; });
  }

  std::uint64_t count() {
    const std::lock_guard lock(flush_mutex_);
    return count_;
  }

 protected:
  void sink_it_(const spdlog::details::log_msg&) override {}
  void flush_() override {
    const std::lock_guard lock(flush_mutex_);
    ++count_;
    changed_.notify_all();
  }

 private:
  std::mutex flush_mutex_;
  std::condition_variable changed_;
  std::uint64_t count_ = 0;
};

namespace {

bool means_standard_error(LogTarget target) {
  return target == LogTarget::standard_error ||
         (target == LogTarget::automatic && ::isatty(STDERR_FILENO) == 1);
}

spdlog::sink_ptr make_sink(bool on_standard_error) {
  if (on_standard_error) {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z portcullisd[%P]: %l: %v");
    return sink;
  }
  return std::make_shared<spdlog::sinks::syslog_sink_mt>("portcullisd", LOG_PID, LOG_MAIL, false);
}

}  // namespace

Log::Log(LogTarget target, bool verbose)
    : on_standard_error_(means_standard_error(target)), flushed_(std::make_shared<FlushSignal>()) {
  const std::vector<spdlog::sink_ptr> sinks{make_sink(on_standard_error_), flushed_};
  logger_ = std::make_shared<spdlog::logger>("portcullisd", sinks.begin(), sinks.end());
  logger_->set_level(verbose ? spdlog::level::debug : spdlog::level::info);
}

Log::~Log() = default;

void Log::start_thread() {
  thread_ = std::make_shared<spdlog::details::thread_pool>(kQueueLength, 1);
  auto logger = std::make_shared<spdlog::async_logger>(
      "portcullisd", logger_->sinks().begin(), logger_->sinks().end(), thread_,
      spdlog::async_overflow_policy::overrun_oldest);
  logger->set_level(logger_->level());
  logger_ = std::move(logger);
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
void Log::debug(std::string_view line) noexcept {
  write(spdlog::level::debug, line);
}

void Log::flush(std::chrono::milliseconds patience) noexcept {
  try {
    const std::uint64_t before = flushed_->count();
    logger_->flush();
    flushed_->wait_for(before + 1, patience);
  } catch (...) {  // a log that cannot be flushed must not keep the daemon from ending
  }
}

std::uint64_t Log::dropped() const {
  return thread_ ? thread_->overrun_counter() : 0;
}

void Log::write(int level, std::string_view line) noexcept {
  try {
    logger_->log(static_cast<spdlog::level::level_enum>(level),
                 spdlog::string_view_t(line.data(), line.size()));
  } catch (...) {  // no memory for a line is no reason to fail a client
  }
}

}  // namespace portcullis
