#pragma once

#include <mutex>
#include <utility>

namespace portcullis {

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
    Access(std::mutex& mutex, T& value) : lock_(mutex), value_(value) {}
    T* operator->() const { return &value_; }
    T& operator*() const { return value_; }

   private:
    std::unique_lock<std::mutex> lock_;
    T& value_;
  };

  [[nodiscard]] Access lock() { return {mutex_, value_}; }

 private:
  std::mutex mutex_;
  T value_;
};

}  // namespace portcullis
