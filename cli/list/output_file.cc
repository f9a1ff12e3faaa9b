#include "cli/list/output_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "editing/descriptor.h"
#include "editing/edited_file.h"

namespace portcullis {
namespace {

tl::unexpected<Report> cannot(const std::string& file, std::string_view reason) {
  return tl::unexpected(
      failure(ExitCode::write_failed, fmt::format("{}: cannot be written: {}", file, reason)));
}

Found<void> write_directly(const std::string& file, std::string_view text, int flags) {
  const Descriptor opened(::open(file.c_str(), O_WRONLY | O_CLOEXEC | flags, 0644));
  if (!opened) return cannot(file, std::strerror(errno));
  while (!text.empty()) {
    const ssize_t n = ::write(opened.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot(file, std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

Found<void> write_output(const std::string& file, std::string_view text) {
  struct stat state {};
  if (::stat(file.c_str(), &state) != 0) return write_directly(file, text, O_CREAT | O_EXCL);
  if (!S_ISREG(state.st_mode)) return write_directly(file, text, 0);
  auto edited = EditedFile::open(file, TextFileKind::list);
  if (!edited) return cannot(file, edited.error().reason);
  if (const auto done = edited->replace(text); !done) return cannot(file, done.error().reason);
  return {};
}

}  // namespace portcullis
