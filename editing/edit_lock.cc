#include "editing/edit_lock.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "editing/file_problem.h"

namespace portcullis {
namespace {

using Clock = std::chrono::steady_clock;

constexpr mode_t kOwnerOnly = 0600;
constexpr int kPauseMilliseconds = 5;

// True if `name` still leads to the open file: its holder before us may have removed it.
bool is_current(const Descriptor& file, const std::string& name) {
  struct stat open {};
  struct stat named {};
  return ::fstat(file.get(), &open) == 0 && ::lstat(name.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

// 0 if it was locked, or errno's value; EWOULDBLOCK if someone else held it until the deadline.
int lock_until(const Descriptor& file, Clock::time_point deadline) {
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return errno;
    if (Clock::now() >= deadline) return EWOULDBLOCK;
    ::poll(nullptr, 0, kPauseMilliseconds);
  }
  return 0;
}

// For whoever waits for us. That it cannot be written (a full disk) spoils the message alone.
void sign(const Descriptor& file) {
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file.get(), 0) != 0) return;
  [[maybe_unused]] const ssize_t written = ::pwrite(file.get(), pid.data(), pid.size(), 0);
}

Problem held_by_another(const Descriptor& file, int patience_milliseconds) {
  std::array<char, 16> text{};
  const ssize_t size = ::pread(file.get(), text.data(), text.size(), 0);
  std::string pid(text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  pid.erase(std::find_if(pid.begin(), pid.end(), [](char c) { return c < '0' || c > '9'; }),
            pid.end());
  const std::string who = pid.empty() ? "another process" : fmt::format("process {}", pid);
  return {fmt::format("is being edited by {}, which did not end within {} ms", who,
                      patience_milliseconds),
          fmt::format("do it again when {} has ended, or end it: the lock goes with it", who)};
}

}  // namespace

tl::expected<EditLock, Problem> EditLock::take(const std::string& path, int patience_milliseconds) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(patience_milliseconds);
  std::string name = hidden_neighbour(path, ".lock");
  for (;;) {
    Descriptor file(
        ::open(name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, kOwnerOnly));
    if (!file) return tl::unexpected(file_problem("cannot be locked by " + name, errno, path));
    const int error = lock_until(file, deadline);
    if (error == EWOULDBLOCK) {
      return tl::unexpected(held_by_another(file, patience_milliseconds));
    }
    if (error != 0) return tl::unexpected(file_problem("cannot be locked", error, path));
    if (!is_current(file, name)) continue;
    sign(file);
    return EditLock(std::move(name), std::move(file));
  }
}

EditLock::~EditLock() {
  // While it is locked: whoever waits for this file sees that it has lost its name.
  if (file_) ::unlink(name_.c_str());
}

}  // namespace portcullis
