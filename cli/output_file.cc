#include "cli/output_file.h"

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "editing/descriptor.h"
#include "editing/durable_write.h"
#include "editing/file_problem.h"
#include "editing/whole_file.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxLinks = 8;  // from /dev/stdout to the descriptor there are two

Found<void> written(const std::string& file, const tl::expected<void, Problem>& done) {
  if (done) return {};
  const auto& [reason, repair] = done.error();
  return tl::unexpected(
      failure(ExitCode::write_failed,
              fmt::format("{}: {}{}{}", file, reason, repair.empty() ? "" : "; ", repair)));
}

std::optional<int> number(const std::string& text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return {};
  return value;
}

// The descriptor that a path such as /dev/stdout or /dev/fd/3 stands for. Opening the path would
// start at the beginning of the file that the descriptor leads to.
std::optional<int> own_descriptor(const std::string& file) {
  const fs::path descriptors = fmt::format("/proc/{}/fd", ::getpid());
  fs::path at = fs::absolute(file);
  for (int links = 0; links < kMaxLinks; ++links) {
    std::error_code error;
    const fs::path folder = fs::canonical(at.parent_path(), error);
    if (error) return {};
    if (folder == descriptors) return number(at.filename());
    const fs::path target = fs::read_symlink(at, error);
    if (error) return {};  // not a link
    at = folder / target;
  }
  return {};
}

tl::expected<void, Problem> write_to(const Descriptor& opened, const std::string& file,
                                     std::string_view text) {
  const int error = opened ? write_all(opened, text) : errno;
  if (error == 0) return {};
  return tl::unexpected(file_problem("cannot be written", error, file));
}

}  // namespace

Found<void> write_output(const std::string& file, std::string_view text, mode_t most) {
  if (const auto own = own_descriptor(file)) {
    return written(file, write_to(Descriptor(::dup(*own)), file, text));
  }
  struct stat state {};
  if (::stat(file.c_str(), &state) == 0 && !S_ISREG(state.st_mode) && !S_ISDIR(state.st_mode)) {
    const Descriptor opened(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    return written(file, write_to(opened, file, text));
  }
  return written(file, write_whole_file(file, text, most));
}

}  // namespace portcullis
