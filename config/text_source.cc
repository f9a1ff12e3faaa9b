#include "config/text_source.h"

#include <filesystem>
#include <system_error>
#include <utility>

namespace portcullis {
namespace {

namespace fs = std::filesystem;

// A path without symbolic links, as far as it is there.
std::string real_path(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(fs::absolute(path, error), error);
  return error ? path : real.string();
}

bool others_may_write(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return fs::exists(status) && (status.permissions() & fs::perms::others_write) != fs::perms::none;
}

}  // namespace

TextSource TextSource::with(const std::string& path, std::string_view text) const {
  TextSource copy(*this);
  copy.texts_[real_path(path)] = text;
  return copy;
}

tl::expected<TextFile, TextFileProblem> TextSource::read(const std::string& path,
                                                         TextFileKind kind) const {
  if (texts_.empty()) return read_text_file(path, kind);
  const auto found = texts_.find(real_path(path));
  if (found == texts_.end()) return read_text_file(path, kind);
  if (auto checked = check_text(found->second, kind); !checked) {
    return tl::unexpected(std::move(checked.error()));
  }
  return TextFile{std::string(found->second), others_may_write(path)};
}

}  // namespace portcullis
