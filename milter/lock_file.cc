#include "milter/lock_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

namespace portcullis {
namespace {

// The process number that the holder wrote, or nothing sensible to say.
std::string holder_of(int descriptor) {
  std::array<char, 16> text{};
  const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
  if (size <= 0) return {};
  std::string_view digits(text.data(), static_cast<std::size_t>(size));
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  return digits.empty() ? std::string() : " (process " + std::string(digits) + ")";
}

}  // namespace

Started<LockFile> LockFile::acquire(const std::string& path, uid_t owner) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
                             S_IRUSR | S_IWUSR));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) {
    const bool no_directory = errno == ENOENT;
    return start_error(
        EX_CANTCREAT,
        "cannot open the lock file " + path + ": " + std::strerror(errno) +
            (no_directory ? ": make the directory, writable by the user of [daemon]" : ""));
  }
  if (!S_ISREG(status.st_mode)) {
    return start_error(EX_CANTCREAT, "the lock file " + path + " is not a regular file");
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return start_error(EX_OSERR, "cannot lock " + path + ": " + std::strerror(errno));
    }
    return start_error(EX_UNAVAILABLE, "another portcullisd" + holder_of(file.get()) +
                                           " is running: it holds " + path);
  }
  // What follows only helps people and later starts under another user; the lock is ours already.
  const std::string number = std::to_string(::getpid()) + "\n";
  if (::fchown(file.get(), owner, static_cast<gid_t>(-1)) != 0 || ::ftruncate(file.get(), 0) != 0 ||
      ::pwrite(file.get(), number.data(), number.size(), 0) < 0) {
    return LockFile(std::move(file));
  }
  return LockFile(std::move(file));
}

}  // namespace portcullis
