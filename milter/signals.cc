#include "milter/signals.h"

#include <atomic>
#include <cerrno>
#include <csignal>

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace portcullis {
namespace {

// Signal handlers take no argument of ours: what they note, and whom they wake.
constinit std::atomic<bool> g_stop{false};
constinit std::atomic<bool> g_reload{false};
constinit std::atomic<int> g_event_descriptor{-1};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

constexpr int kSignals[] = {SIGUSR1, SIGTERM, SIGINT, SIGHUP};

sigset_t signal_set() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : kSignals) ::sigaddset(&set, number);
  return set;
}

extern "C" void note_signal(int number) {
  const int before = errno;
  (number == SIGUSR1 ? g_reload : g_stop).store(true);
  WakeUp()();
  errno = before;
}

}  // namespace

void block_signals() {
  g_event_descriptor = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  const sigset_t set = signal_set();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  ::sigfillset(&action.sa_mask);
  for (const int number : kSignals) ::sigaction(number, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

void receive_signals() {
  const sigset_t set = signal_set();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

// libmilter (mi_signal_thread) is the only one in this process that calls it, and finds this
// definition before the C library's.
extern "C" int sigwait(const sigset_t* /*set*/, int* /*number*/) {
  while (true) ::pause();
}

Event next_event(std::optional<std::chrono::milliseconds> patience) {
  pollfd polled{g_event_descriptor, POLLIN, 0};
  const int timeout = patience ? static_cast<int>(patience->count()) : -1;
  const int ready = ::poll(&polled, 1, timeout);
  eventfd_t ignored = 0;
  ::eventfd_read(polled.fd, &ignored);
  if (g_stop.exchange(false)) return Event::stop;
  if (g_reload.exchange(false)) return Event::reload;
  return ready == 0 ? Event::none : Event::woken;
}

void WakeUp::operator()() const noexcept {
  ::eventfd_write(g_event_descriptor, 1);
}

}  // namespace portcullis
