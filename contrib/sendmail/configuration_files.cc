#include "contrib/sendmail/configuration_files.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "editing/edited_file.h"
#include "editing/file_problem.h"
#include "editing/staged_file.h"

namespace portcullis::sendmail {
namespace {

tl::unexpected<Diagnostic> failed(const std::string& path, Problem problem) {
  return tl::unexpected(Diagnostic{Severity::error,
                                   path,
                                   0,
                                   {},
                                   std::move(problem.reason),
                                   std::move(problem.repair),
                                   "cannot-write"});
}

tl::unexpected<Diagnostic> system_failed(const std::string& path, std::string_view what) {
  return failed(path, file_problem(what, errno, path));
}

tl::expected<void, Diagnostic> create(const std::string& path, std::string_view text,
                                      const FileModes& modes) {
  const std::string fresh = hidden_neighbour(path, ".new");
  ::unlink(fresh.c_str());
  auto written = write_beside(path, fresh, text, modes);
  if (written && ::rename(fresh.c_str(), path.c_str()) == 0) return {};
  auto failure =
      written ? system_failed(path, "cannot be written") : failed(path, std::move(written.error()));
  ::unlink(fresh.c_str());
  return failure;
}

}  // namespace

std::optional<std::string> read_if_there(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return {};
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return {};
  return text;
}

tl::expected<void, Diagnostic> put_file(const std::string& path, std::string_view text,
                                        mode_t mode) {
  if (::access(path.c_str(), F_OK) != 0) return create(path, text, {.fresh = mode});
  auto file = EditedFile::open(path, TextFileKind::policy);
  if (!file) return failed(path, file.error());
  if (file->text() == text) return {};
  const auto replaced = file->replace(text);
  if (!replaced) return failed(path, replaced.error());
  return {};
}

bool is_open_to_others(const std::string& path) {
  struct stat state {};
  return ::stat(path.c_str(), &state) == 0 && (state.st_mode & 07777 & ~kSecretFile) != 0;
}

tl::expected<void, Diagnostic> put_secret_file(const std::string& path, std::string_view text) {
  std::error_code missing;
  const std::filesystem::path target = std::filesystem::canonical(path, missing);
  const std::string real = missing ? path : target.string();  // a link stays one
  const std::string previous = real + '~';
  if (is_open_to_others(previous)) ::chmod(previous.c_str(), kSecretFile);
  if (read_if_there(real) == text && !is_open_to_others(real)) return {};
  return create(real, text, {.fresh = kSecretFile, .most = kSecretFile});
}

tl::expected<void, Diagnostic> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return system_failed(path, "cannot be removed");
}

}  // namespace portcullis::sendmail
