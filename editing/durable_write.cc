#include "editing/durable_write.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "editing/file_problem.h"

namespace portcullis {

int write_all(const Descriptor& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

int sync_directory(const std::string& path) {
  const Descriptor directory(
      ::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return errno;
  if (::fsync(directory.get()) == 0 || errno == EINVAL) return 0;  // EINVAL: not known there
  return errno;
}

}  // namespace portcullis
