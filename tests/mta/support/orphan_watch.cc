#include "tests/mta/support/orphan_watch.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace portcullis::testing {
namespace {

constexpr std::size_t kMaxGroups = 256;

// Runs in the forked process. Only async-signal-safe calls: the parent may have had threads.
[[noreturn]] void watch_until_parent_ends(int reports) {
  std::array<pid_t, kMaxGroups> groups{};
  pid_t report = 0;
  ssize_t size = 0;
  while ((size = read(reports, &report, sizeof report)) == sizeof report ||
         (size < 0 && errno == EINTR)) {
    if (size < 0) continue;
    const pid_t wanted = report > 0 ? 0 : -report;  // a free slot, or the group to forget
    for (pid_t& group : groups) {
      if (group != wanted) continue;
      group = report > 0 ? report : 0;
      break;
    }
  }
  for (const pid_t group : groups) {
    if (group > 1) kill(-group, SIGKILL);
  }
  _exit(0);
}

int start_watch() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category());
  const pid_t child = fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    // Nothing of the parent's may stay open here: the peer of a socket would never see it closed.
    constexpr int kReports = STDERR_FILENO + 1;
    dup2(ends[0], kReports);
    close_range(kReports + 1, ~0U, 0);
    watch_until_parent_ends(kReports);
  }
  // Out of our group before anything is reported: what ends the group must not end the watch.
  setpgid(child, child);
  close(ends[0]);
  return ends[1];
}

void report(pid_t value) {
  static const int reports = start_watch();
  // Shorter than PIPE_BUF, so reports of several threads do not mix.
  if (write(reports, &value, sizeof value) != sizeof value) {
    throw std::system_error(errno, std::generic_category(), "orphan watch");
  }
}

}  // namespace

void watch_process_group(pid_t group) {
  report(group);
}
void unwatch_process_group(pid_t group) {
  report(-group);
}

}  // namespace portcullis::testing
