#pragma once

#include <mutex>
#include <utility>

#include <pthread.h>

namespace portcullis {

// A mutex for what is held for some dozen nanoseconds: who finds it taken looks again a few times
// before he sleeps, for to sleep and be woken costs a hundred times as much.
class BriefMutex {
 public:
  BriefMutex() = default;
  BriefMutex(const BriefMutex&) = delete;
  BriefMutex& operator=(const BriefMutex&) = delete;
  ~BriefMutex() { ::pthread_mutex_destroy(&mutex_); }

  void lock() noexcept { ::pthread_mutex_lock(&mutex_); }
  void unlock() noexcept { ::pthread_mutex_unlock(&mutex_); }

 private:
  ::pthread_mutex_t mutex_ = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
};

// Guarded<T> is a T that can be reached only with its lock held:
//   auto counts = shard.counts.lock();   // locked while `counts` lives
//   counts->erase(key);
template <typename T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  class Access {
   public:
    Access(BriefMutex& mutex, T& value) : lock_(mutex), value_(value) {}
    T* operator->() const { return &value_; }
    T& operator*() const { return value_; }

   private:
    std::unique_lock<BriefMutex> lock_;
    T& value_;
  };

  [[nodiscard]] Access lock() { return {mutex_, value_}; }

 private:
  BriefMutex mutex_;
  T value_;
};

}  // namespace portcullis
