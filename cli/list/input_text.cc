#include "cli/list/input_text.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "editing/descriptor.h"

namespace portcullis {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

tl::unexpected<Report> cannot_read(const std::string& file, std::string_view reason) {
  const ExitCode code = errno == EACCES ? ExitCode::no_permission : ExitCode::no_policy_file;
  return tl::unexpected(failure(code, fmt::format("{}: {}", file, reason)));
}

bool is_utf_16(std::string_view text) {
  return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
}

Found<std::string> read_all(int descriptor, const std::string& file) {
  std::string text;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t n = ::read(descriptor, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_read(file, std::strerror(errno));
    if (n == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(n));
    if (text.size() > kMaxBytes) {
      return tl::unexpected(
          failure(ExitCode::bad_data, fmt::format("{}: is larger than 1 GiB", file)));
    }
  }
}

}  // namespace

Found<std::string> read_input(const std::string& file) {
  const bool is_standard_input = file == "-";
  const Descriptor opened(is_standard_input ? ::dup(STDIN_FILENO)
                                            : ::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() < 0) return cannot_read(file, std::strerror(errno));
  auto text = read_all(opened.get(), file);
  if (text && is_utf_16(*text)) {
    return tl::unexpected(
        failure(ExitCode::bad_data,
                fmt::format("{}: is UTF-16; convert it with: iconv -f UTF-16 -t UTF-8", file)));
  }
  return text;
}

}  // namespace portcullis
