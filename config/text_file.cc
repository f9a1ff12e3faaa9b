#include "config/text_file.h"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace portcullis {
namespace {

constexpr std::size_t kMaxPolicyBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxListBytes = std::size_t{1} << 30;

using Failure = tl::unexpected<TextFileProblem>;

Failure whole_file(std::string reason, std::string repair = {}) {
  return Failure({0, {std::move(reason), std::move(repair)}});
}

Failure system_failure(std::string_view what, int error) {
  return whole_file(fmt::format("{}: {}", what, std::generic_category().message(error)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string_view what_it_is(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

// A writer that replaces the file by rename(2) leaves all of this alone: we hold the old file.
bool same_state(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

// Fills `text` until it is full or the file ends; errno's value on failure.
int read_all(int fd, std::string& text) {
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t n = ::read(fd, text.data() + filled, text.size() - filled);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  text.resize(filled);
  return 0;
}

std::uint32_t count_lines(std::string_view text) {
  return static_cast<std::uint32_t>(std::ranges::count(text, '\n'));
}

tl::expected<void, TextFileProblem> check_size(std::size_t size, TextFileKind kind) {
  if (size == 0) {
    return whole_file("is empty", "put a comment line in it if it is meant to hold nothing");
  }
  const std::size_t limit = kind == TextFileKind::list ? kMaxListBytes : kMaxPolicyBytes;
  if (size > limit) return whole_file(fmt::format("is larger than {} MiB", limit >> 20));
  return {};
}

tl::expected<void, TextFileProblem> check_content(std::string_view text, TextFileKind kind) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return Failure({count_lines(text.substr(0, nul)) + 1,
                    {"holds a NUL byte: it is not a text file", "write it as ASCII or UTF-8"}});
  }
  if (kind == TextFileKind::list && text.back() != '\n') {
    const std::size_t start = text.rfind('\n') + 1;  // npos + 1 is 0
    return Failure(
        {count_lines(text) + 1,
         {fmt::format("ends in the middle of a line (\"{}\"): it may have been cut short",
                      text.substr(start, 60)),
          "get it again, or end the last line with a line end if it is complete"}});
  }
  return {};
}

}  // namespace

tl::expected<TextFile, TextFileProblem> read_text_file(const std::string& path, TextFileKind kind,
                                                       void (*while_reading)()) {
  // O_NONBLOCK: opening a FIFO that nobody writes to must not wait.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (file.get() < 0) return system_failure("cannot be opened", errno);
  struct stat before {};
  if (::fstat(file.get(), &before) != 0) return system_failure("cannot be examined", errno);
  if (!S_ISREG(before.st_mode)) {
    return whole_file(fmt::format("is {}", what_it_is(before.st_mode)), "name a regular file");
  }
  const auto size = static_cast<std::size_t>(before.st_size);
  if (const auto checked = check_size(size, kind); !checked) {
    return tl::unexpected(checked.error());
  }

  TextFile result{std::string(size + 1, '\0'), (before.st_mode & S_IWOTH) != 0};
  if (while_reading != nullptr) while_reading();
  // One byte more than the file has: a file that grew is noticed by its length.
  if (const int error = read_all(file.get(), result.text); error != 0) {
    return system_failure("cannot be read", error);
  }
  struct stat after {};
  if (::fstat(file.get(), &after) != 0) return system_failure("cannot be examined", errno);
  if (!same_state(before, after) || result.text.size() != size) {
    return whole_file("changed while it was read",
                      "write a new file and rename it over the old one, then reload");
  }
  if (const auto checked = check_content(result.text, kind); !checked) {
    return tl::unexpected(checked.error());
  }
  return result;
}

tl::expected<TextFile, TextFileProblem> read_text_file(const std::string& path, TextFileKind kind) {
  return read_text_file(path, kind, nullptr);
}

tl::expected<void, TextFileProblem> check_text(std::string_view text, TextFileKind kind) {
  if (auto checked = check_size(text.size(), kind); !checked) return checked;
  return check_content(text, kind);
}

}  // namespace portcullis
