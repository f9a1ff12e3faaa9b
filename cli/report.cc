#include "cli/report.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "policy/printable.h"

namespace portcullis {
namespace {

constexpr std::size_t kMaxShown = 4096;  // PATH_MAX, the longest text there is a reason to show

// 0, or the errno.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

Report failure(ExitCode code, std::string_view message) {
  return {code, {}, "portcullis: " + shown(message) + '\n'};
}

std::string shown(std::string_view text) {
  return printable(text, kMaxShown);
}

ExitCode write(const Report& report) {
  write_all(STDERR_FILENO, report.errors);
  const int error = write_all(STDOUT_FILENO, report.output);
  if (error == 0 || error == EPIPE) return report.code;
  write_all(
      STDERR_FILENO,
      failure(ExitCode::write_failed, std::string("cannot write: ") + std::strerror(error)).errors);
  return ExitCode::write_failed;
}

void occupy_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // Opened the wrong way round, so that using it still fails. open(2) takes the lowest number.
    if (open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

}  // namespace portcullis
