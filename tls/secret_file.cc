#include "tls/secret_file.h"

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace portcullis {
namespace {

struct FileProblem {
  std::string_view code;
  std::string reason;
  std::string repair;
};

class OpenFile {
 public:
  // O_NONBLOCK: opening a FIFO that nobody writes to must not wait.
  explicit OpenFile(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

FileProblem cannot_be_read(int error) {
  std::string reason = "cannot be read: " + std::generic_category().message(error);
  if (error == ENOENT) return {"not-found", std::move(reason), "give the path of the file"};
  if (error == EACCES) {
    return {"permission-denied", std::move(reason), "run the command as root, or as its owner"};
  }
  return {"unreadable", std::move(reason), {}};
}

std::optional<FileProblem> read_all(int fd, SecretText& text) {
  std::size_t filled = 0;
  while (filled < text.capacity()) {
    const ssize_t n = ::read(fd, text.data() + filled, text.capacity() - filled);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_be_read(errno);
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  text.set_size(filled);
  if (filled == 0) return FileProblem{"empty-file", "is empty", "write it again"};
  if (filled > kMaxSecretBytes) {
    return FileProblem{"file-too-large",
                       fmt::format("is larger than {} MiB", kMaxSecretBytes >> 20),
                       "leave the certificate and its issuers in it, nothing else"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<SecretFile> read_secret_file(const std::string& path, Diagnostics& found) {
  const auto refused = [&](FileProblem problem) {
    found.error(path, 0, {}, std::move(problem.reason), std::move(problem.repair), problem.code);
    return std::nullopt;
  };
  const OpenFile file(path);
  if (file.fd() < 0) return refused(cannot_be_read(errno));
  // One byte more than may be there, so that a file that is too large is noticed.
  SecretFile read{{}, SecretText(kMaxSecretBytes + 1)};
  if (::fstat(file.fd(), &read.state) != 0) return refused(cannot_be_read(errno));
  if (!S_ISREG(read.state.st_mode)) {
    return refused({"not-a-file", "is not a regular file", "give the path of the file itself"});
  }
  if (auto problem = read_all(file.fd(), read.text)) return refused(*std::move(problem));
  return read;
}

}  // namespace portcullis
