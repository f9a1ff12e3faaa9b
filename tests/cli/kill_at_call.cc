// Preloaded into a program, it ends it by SIGKILL right before its Nth call that changes a name or
// makes it last: KILL_AT_CALL=N. So every point at which a crash could matter is tried once.

#include <atomic>
#include <csignal>
#include <cstdlib>

#include <dlfcn.h>
#include <unistd.h>

namespace {

void count_call() {
  static std::atomic<long> left{[] {
    const char* text = std::getenv("KILL_AT_CALL");
    return text == nullptr ? 0L : std::strtol(text, nullptr, 10);
  }()};
  if (--left == 0) ::kill(::getpid(), SIGKILL);
}

template <typename Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int rename(const char* from, const char* to) {
  count_call();
  return next<int (*)(const char*, const char*)>("rename")(from, to);
}

int link(const char* from, const char* to) {
  count_call();
  return next<int (*)(const char*, const char*)>("link")(from, to);
}

int unlink(const char* name) {
  count_call();
  return next<int (*)(const char*)>("unlink")(name);
}

int fsync(int file) {
  count_call();
  return next<int (*)(int)>("fsync")(file);
}

int fchmod(int file, mode_t mode) {
  count_call();
  return next<int (*)(int, mode_t)>("fchmod")(file, mode);
}

}  // extern "C"
