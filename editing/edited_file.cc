#include "editing/edited_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "editing/descriptor.h"
#include "editing/durable_write.h"
#include "editing/file_attributes.h"
#include "editing/file_problem.h"
#include "editing/staged_file.h"

namespace portcullis {
namespace {

using Done = tl::expected<void, Problem>;

constexpr std::string_view kUnchanged = "; the file is as it was";

// After a failure the old file is in place, and the reader wants to know it.
tl::unexpected<Problem> unchanged(Problem problem) {
  problem.reason += kUnchanged;
  return tl::unexpected(std::move(problem));
}

tl::unexpected<Problem> failed(std::string_view what, int error, const std::string& path) {
  return unchanged(file_problem(what, error, path));
}

std::string previous_name(const std::string& path) {
  return path + '~';
}

bool is_same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool is_same_state(const struct stat& a, const struct stat& b) {
  return is_same_file(a, b) && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

tl::expected<std::string, Problem> real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (real) return std::string(real.get());
  const int error = errno;
  Problem problem = file_problem("cannot be opened", error, path);
  if (error == ENOENT) problem.repair = fmt::format("create it: touch {}", path);
  return tl::unexpected(std::move(problem));
}

// What an edit that was killed has left; its NAME~ may still be the file itself.
void remove_remains(const std::string& path) {
  ::unlink(hidden_neighbour(path, ".new").c_str());
  ::unlink(hidden_neighbour(path, ".old").c_str());
  struct stat file {};
  struct stat previous {};
  if (::lstat(path.c_str(), &file) == 0 && ::lstat(previous_name(path).c_str(), &previous) == 0 &&
      is_same_file(file, previous)) {
    ::unlink(previous_name(path).c_str());
  }
}

tl::expected<std::string, Problem> read_text(const std::string& path, const struct stat& state,
                                             TextFileKind kind) {
  if (S_ISREG(state.st_mode) && state.st_size == 0) return std::string();
  auto file = read_text_file(path, kind);
  if (file) return std::move(file->text);
  auto& [line, problem] = file.error();
  if (line > 0) problem.reason = fmt::format("{} (line {})", problem.reason, line);
  return tl::unexpected(std::move(problem));
}

}  // namespace

EditedFile::EditedFile(std::string path, TextFileKind kind, EditLock lock)
    : path_(std::move(path)), kind_(kind), lock_(std::move(lock)) {}

tl::expected<EditedFile, Problem> EditedFile::open(const std::string& path, TextFileKind kind,
                                                   int patience_milliseconds) {
  auto real = real_path(path);
  if (!real) return tl::unexpected(std::move(real.error()));
  auto lock = EditLock::take(*real, patience_milliseconds);
  if (!lock) return tl::unexpected(std::move(lock.error()));
  EditedFile file(*std::move(real), kind, *std::move(lock));
  remove_remains(file.path_);
  if (auto read = file.read(); !read) return tl::unexpected(std::move(read.error()));
  if (file.state_.st_nlink > 1) {
    return tl::unexpected(several_names(file.state_.st_nlink));
  }
  return file;
}

Done EditedFile::read() {
  if (::stat(path_.c_str(), &state_) != 0) {
    return tl::unexpected(file_problem("cannot be examined", errno, path_));
  }
  auto text = read_text(path_, state_, kind_);
  if (!text) return tl::unexpected(std::move(text.error()));
  text_ = *std::move(text);
  return check_unchanged();
}

Done EditedFile::check_unchanged() const {
  struct stat now {};
  if (::lstat(path_.c_str(), &now) == 0 && is_same_state(now, state_)) return {};
  return tl::unexpected(
      Problem{"was changed by someone else meanwhile, whose text is in place", "do it again"});
}

Done EditedFile::write_copy(const std::string& name, std::string_view text) const {
  auto written = write_beside(path_, name, text);
  if (written) return written;
  return unchanged(std::move(written.error()));
}

// By a second name of the old file, so that at no moment one of the two is not there.
Done EditedFile::keep_previous() const {
  const std::string name = hidden_neighbour(path_, ".old");
  if (::link(path_.c_str(), name.c_str()) != 0) {  // not known here, or not allowed
    if (auto copied = write_copy(name, text_); !copied) return copied;
  }
  if (::rename(name.c_str(), previous_name(path_).c_str()) == 0) return {};
  return failed("cannot be kept as " + previous_name(path_), errno, path_);
}

Done EditedFile::replace(std::string_view text) {
  if (auto staged = stage(text); !staged) return staged;
  return commit();
}

Done EditedFile::stage(std::string_view text) {
  Done done = write_copy(hidden_neighbour(path_, ".new"), text);
  if (done) {
    staged_ = text;
  } else {
    discard();
  }
  return done;
}

Done EditedFile::commit() {
  Done done = check_unchanged();
  if (done) done = keep_previous();
  if (done && ::rename(hidden_neighbour(path_, ".new").c_str(), path_.c_str()) != 0) {
    done = failed("cannot be replaced", errno, path_);
  }
  if (done) return finish(std::exchange(staged_, {}));
  discard();
  return done;
}

void EditedFile::discard() {
  staged_.clear();
  remove_remains(path_);
}

Done EditedFile::exchange(const std::string& previous) {
  const std::string name = previous_name(path_);
  const Descriptor file(::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  const Descriptor before(::open(name.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  if (!file || !before) return failed("cannot be opened with the version before", errno, path_);
  if (auto copied = copy_attributes(file, before, path_); !copied) {
    return unchanged(std::move(copied.error()));
  }
  if (::renameat2(AT_FDCWD, name.c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) == 0) {
    return finish(previous);
  }
  // A file system that cannot do it at one stroke: the same in the steps of every edit.
  if (errno == EINVAL || errno == ENOSYS) return replace(previous);
  return failed("cannot be exchanged with the version before", errno, path_);
}

Done EditedFile::undo() {
  const auto before = previous();
  if (!before) {
    return tl::unexpected(Problem{"has no version before that is kept", "one is after an edit"});
  }
  if (auto same = check_unchanged(); !same) return same;
  return exchange(*before);
}

std::optional<std::string> EditedFile::previous() const {
  const std::string name = previous_name(path_);
  struct stat state {};
  if (::lstat(name.c_str(), &state) != 0 || !S_ISREG(state.st_mode)) return {};
  auto text = read_text(name, state, kind_);
  if (!text) return {};
  return *std::move(text);
}

Done EditedFile::finish(std::string text) {
  text_ = std::move(text);
  ::stat(path_.c_str(), &state_);
  if (const int error = sync_directory(path_); error != 0) {
    return tl::unexpected(
        file_problem("has the new text, but it may not outlast a power failure", error, path_));
  }
  return {};
}

}  // namespace portcullis
