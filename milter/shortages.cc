#include "milter/shortages.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>

#include <dlfcn.h>
#include <pthread.h>
#include <sys/socket.h>

#include "milter/signals.h"

namespace portcullis {
namespace {

using std::chrono::milliseconds;

// Sessions end meanwhile, and give theirs back. Twenty attempts a second cost nothing.
constexpr milliseconds kDescriptorRest{50};

// A burst of sessions is over by then; a limit that is too low is not.
constexpr milliseconds kThreadPatience{2000};
constexpr milliseconds kThreadRest{10};

constinit std::atomic<bool> g_descriptors{false};
constinit std::atomic<bool> g_threads{false};

int accept_or_rest(int listener, sockaddr* address, socklen_t* size, int flags) {
  const int accepted = ::accept4(listener, address, size, flags);
  if (accepted >= 0 || (errno != EMFILE && errno != ENFILE)) return accepted;
  const int error = errno;
  g_descriptors = true;
  std::this_thread::sleep_for(kDescriptorRest);
  errno = error;
  return -1;
}

using CreateThread = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

CreateThread libc_create_thread() {
  static const auto create = reinterpret_cast<CreateThread>(::dlsym(RTLD_NEXT, "pthread_create"));
  return create;
}

}  // namespace

Shortages take_shortages() noexcept {
  return {g_descriptors.exchange(false), g_threads.exchange(false)};
}

int accept_patiently(int listener, int flags) noexcept {
  return accept_or_rest(listener, nullptr, nullptr, flags);
}

// libmilter finds these two before the C library's.
extern "C" int accept(int listener, sockaddr* address, socklen_t* size) {
  return accept_or_rest(listener, address, size, 0);
}

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*run)(void*), void* argument) noexcept {
  int error = 0;
  for (milliseconds waited{0}; waited <= kThreadPatience; waited += kThreadRest) {
    error = libc_create_thread()(thread, attributes, run, argument);
    if (error != EAGAIN) return error;
    std::this_thread::sleep_for(kThreadRest);
  }
  g_threads = true;
  WakeUp()();
  return error;
}

}  // namespace portcullis
