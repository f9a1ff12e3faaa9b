#include "contrib/sendmail/configuration_files.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "editing/descriptor.h"
#include "editing/edited_file.h"
#include "editing/file_problem.h"

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

bool write_whole(const Descriptor& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file.get(), text.data(), text.size());
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(file.get()) == 0;
}

// `like`: whose owner it gets; null: ours.
tl::expected<void, Diagnostic> create(const std::string& path, std::string_view text, mode_t mode,
                                      const struct stat* like = nullptr) {
  const std::string fresh = hidden_neighbour(path, ".new");
  ::unlink(fresh.c_str());
  const Descriptor file(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file) return system_failed(path, "cannot be created");
  const bool is_owned = like == nullptr || ::fchown(file.get(), like->st_uid, like->st_gid) == 0;
  if (!is_owned || ::fchmod(file.get(), mode) != 0 || !write_whole(file, text) ||
      ::rename(fresh.c_str(), path.c_str()) != 0) {
    auto failure = system_failed(path, "cannot be written");
    ::unlink(fresh.c_str());
    return failure;
  }
  return {};
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
  if (::access(path.c_str(), F_OK) != 0) return create(path, text, mode);
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
  struct stat state {};
  const bool is_there = ::stat(real.c_str(), &state) == 0;
  if (is_there && read_if_there(real) == text && !is_open_to_others(real)) return {};
  return create(real, text, kSecretFile, is_there ? &state : nullptr);
}

tl::expected<void, Diagnostic> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return system_failed(path, "cannot be removed");
}

}  // namespace portcullis::sendmail
