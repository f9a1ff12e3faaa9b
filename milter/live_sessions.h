#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

namespace portcullis {

// LiveSessions counts the milter sessions that exist now, holds them below a maximum, and tells
// when the last one has gone while the daemon drains. Any member may be called by any thread; none
// blocks.
class LiveSessions {
 public:
  // One session. Moves; leaves when destroyed.
  class [[nodiscard]] Place {
   public:
    Place(Place&& other) noexcept
        : sessions_(std::exchange(other.sessions_, nullptr)),
          beyond_maximum_(other.beyond_maximum_) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (sessions_ != nullptr) sessions_->leave();
    }

    // The session is one too many and is to be refused. It is counted all the same, because it
    // holds a descriptor.
    bool beyond_maximum() const { return beyond_maximum_; }

   private:
    friend class LiveSessions;
    Place(LiveSessions& sessions, bool beyond_maximum)
        : sessions_(&sessions), beyond_maximum_(beyond_maximum) {}

    LiveSessions* sessions_;
    bool beyond_maximum_;
  };

  // `when_drained` is called, by the thread that ends the session, each time the count falls to
  // zero after drain(). It must not block or throw.
  LiveSessions(std::uint32_t maximum, std::function<void()> when_drained)
      : maximum_(maximum), when_drained_(std::move(when_drained)) {}

  Place enter() noexcept { return Place(*this, count_.fetch_add(1) >= maximum_); }

  std::uint32_t count() const noexcept { return count_.load(); }

  // From now on new clients are refused.
  void drain() noexcept { draining_.store(true); }
  bool draining() const noexcept { return draining_.load(); }

 private:
  // Sequentially consistent with drain(): either it finds the count at zero, or we find it
  // draining.
  void leave() noexcept {
    if (count_.fetch_sub(1) == 1 && draining_.load()) when_drained_();
  }

  const std::uint32_t maximum_;
  const std::function<void()> when_drained_;
  std::atomic<std::uint32_t> count_{0};
  std::atomic<bool> draining_{false};
};

}  // namespace portcullis
