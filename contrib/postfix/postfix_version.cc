#include "contrib/postfix/postfix_version.h"

#include <charconv>

#include <fmt/format.h>

namespace portcullis {

std::optional<PostfixVersion> PostfixVersion::parse(std::string_view text) {
  PostfixVersion version;
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return {};
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  if (minor.ec != std::errc() || version.major < 0 || version.minor < 0) return {};
  if (minor.ptr != end && *minor.ptr != '.' && *minor.ptr != '-') return {};
  return version;
}

std::string PostfixVersion::to_string() const {
  return fmt::format("{}.{}", major, minor);
}

}  // namespace portcullis
