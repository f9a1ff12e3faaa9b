#include "bench/filter/load_loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <system_error>

#include <sys/epoll.h>
#include <unistd.h>

namespace portcullis::bench {
namespace {

using std::chrono::nanoseconds;

// How soon a full queue is tried again.
constexpr nanoseconds kRetry = std::chrono::microseconds{200};

nanoseconds to_nanoseconds(std::chrono::duration<double> time) {
  return std::chrono::duration_cast<nanoseconds>(time);
}

timespec to_timespec(nanoseconds time) {
  const auto count = std::max<std::int64_t>(time.count(), 0);
  return {count / 1'000'000'000, count % 1'000'000'000};
}

}  // namespace

// One run: which clients are free, and when the next session is due.
class LoadLoop::Run {
 public:
  Run(int epoll, std::span<Exchange* const> clients, const LoadLimits& limits)
      : epoll_(epoll), limits_(limits), free_(clients.begin(), clients.end()) {}

  LoadResult run() {
    while (result_.failure.empty()) {
      begin_due();
      if (talking_ == 0 && !may_begin(Clock::now())) break;
      wait();
    }
    result_.time = Clock::now() - begin_;
    return result_;
  }

 private:
  bool may_begin(Clock::time_point now) const {
    return begun_ < limits_.sessions && now - begin_ < limits_.time;
  }

  Clock::time_point due() const {
    if (limits_.rate <= 0) return begin_;
    const std::chrono::duration<double> after(static_cast<double>(begun_) / limits_.rate);
    return begin_ + to_nanoseconds(after);
  }

  void begin_due() {
    queue_full_ = false;
    bool late = false;
    while (result_.failure.empty()) {
      const auto now = Clock::now();
      if (!may_begin(now) || now < due()) break;
      if (free_.empty()) {
        late = true;
        break;
      }
      if (!begin(*free_.front())) break;
      free_.pop_front();
    }
    if (late && limits_.rate > 0) ++result_.late;
  }

  bool begin(Exchange& client) {
    const std::optional<int> descriptor = client.open();
    if (!descriptor) {
      queue_full_ = true;
      return false;
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &client;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, *descriptor, &event) != 0) {
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
    ++begun_;
    ++talking_;
    return true;
  }

  nanoseconds patience() const {
    const auto now = Clock::now();
    if (queue_full_) return kRetry;
    if (!may_begin(now)) return kPatience;
    if (!free_.empty()) return due() - now;
    // Without any client there is nothing to wait for but the end.
    return talking_ > 0 ? kPatience : nanoseconds(begin_ - now) + to_nanoseconds(limits_.time);
  }

  void wait() {
    std::array<epoll_event, 256> events;
    const nanoseconds limit = patience();
    const timespec timeout = to_timespec(limit);
    const int count = ::epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
    if (count < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "epoll_pwait2");
    }
    if (count > 0) last_event_ = Clock::now();
    if (talking_ > 0 && Clock::now() - last_event_ > kPatience + std::chrono::seconds{1}) {
      result_.failure = "the server has said nothing for too long";
    }
    for (int i = 0; i < count && result_.failure.empty(); ++i) {
      advance(*static_cast<Exchange*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
  }

  void advance(Exchange& client) {
    const Exchange::State state = client.advance();
    if (state == Exchange::State::talking) return;
    if (state == Exchange::State::failed) {
      result_.failure = client.failure();
      return;
    }
    --talking_;
    ++result_.sessions;
    free_.push_back(&client);
  }

  const int epoll_;
  const LoadLimits limits_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point last_event_ = begin_;
  std::deque<Exchange*> free_;
  std::uint64_t begun_ = 0;
  std::uint64_t talking_ = 0;
  bool queue_full_ = false;
  LoadResult result_;
};

LoadLoop::LoadLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

LoadLoop::~LoadLoop() {
  ::close(epoll_);
}

LoadResult LoadLoop::run(std::span<Exchange* const> clients, const LoadLimits& limits) {
  return Run(epoll_, clients, limits).run();
}

}  // namespace portcullis::bench
