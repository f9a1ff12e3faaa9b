#include "milter/line_queue.h"

#include <algorithm>
#include <utility>

namespace portcullis {

LineQueue::LineQueue(std::function<void(const Lines&)> write)
    : write_(std::move(write)), thread_([this] { run(); }) {}

LineQueue::~LineQueue() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void LineQueue::push(int level, std::shared_ptr<const LineText> text) {
  LogLine line{std::chrono::system_clock::now(), level, std::move(text)};
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(line));
    ++pushed_;
    if (waiting_.size() > kCapacity) {
      line = std::move(waiting_.front());  // freed without the lock
      waiting_.pop_front();
      ++dropped_;
      ++done_;
    }
    wake = (doing_ == Thread::waiting && waiting_.size() == 1) ||
           (doing_ == Thread::resting && waiting_.size() == kBatch);
  }
  if (wake) changed_.notify_one();
}

void LineQueue::put_into_words(std::chrono::milliseconds waited) noexcept {
  try {
    const auto until = std::chrono::system_clock::now() - waited;
    std::uint64_t from = 0;
    while (auto line = first_without_words(from, until)) {
      std::string words;
      line->text->write_to(words);
      line->text = std::make_shared<PlainText>(std::move(words));
      put_in_place(*line);
      from = line->number + 1;
    }
  } catch (...) {  // no memory
  }
}

std::optional<LineQueue::Waiting> LineQueue::first_without_words(
    std::uint64_t from, std::chrono::system_clock::time_point until) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t first = pushed_ - waiting_.size();
  for (std::uint64_t number = std::max(from, first); number < pushed_; ++number) {
    const LogLine& line = waiting_[static_cast<std::size_t>(number - first)];
    if (line.time > until) return std::nullopt;
    if (!line.text->is_in_words()) return Waiting{number, line.text};
  }
  return std::nullopt;
}

void LineQueue::put_in_place(const Waiting& line) {
  std::shared_ptr<const LineText> text = line.text;  // what it replaces is freed without the lock
  const std::lock_guard lock(mutex_);
  const std::uint64_t first = pushed_ - waiting_.size();
  if (line.number >= first) waiting_[static_cast<std::size_t>(line.number - first)].text.swap(text);
}

void LineQueue::flush(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  const std::uint64_t until = pushed_;
  in_haste_ = true;
  changed_.notify_one();
  written_.wait_for(lock, patience, [&] { return done_ >= until; });
}

std::uint64_t LineQueue::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void LineQueue::run() {
  Lines batch;
  std::unique_lock lock(mutex_);
  for (;;) {
    doing_ = Thread::waiting;
    changed_.wait(lock, [this] { return !waiting_.empty() || ending_; });
    if (waiting_.empty()) return;
    write_waiting(lock, batch);
    doing_ = Thread::resting;
    changed_.wait_for(lock, kRest,
                      [this] { return waiting_.size() >= kBatch || in_haste_ || ending_; });
  }
}

// `batch` is empty before and after: its memory is used again.
void LineQueue::write_waiting(std::unique_lock<std::mutex>& lock, Lines& batch) {
  doing_ = Thread::writing;
  in_haste_ = false;
  batch.swap(waiting_);
  lock.unlock();
  write_(batch);
  const std::size_t count = batch.size();
  batch.clear();
  lock.lock();
  done_ += count;
  written_.notify_all();
}

}  // namespace portcullis
