#include "milter/line_queue.h"

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

void LineQueue::push(int level, std::unique_ptr<const LineText> text) {
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
