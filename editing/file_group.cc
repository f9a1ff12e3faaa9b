#include "editing/file_group.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <set>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "editing/descriptor.h"
#include "editing/durable_write.h"
#include "editing/file_problem.h"
#include "editing/staged_file.h"

namespace portcullis {
namespace {

using Member = FileGroup::Member;
using Done = tl::expected<void, Diagnostic>;

constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kPermissions = 07777;
constexpr std::string_view kUnchanged = "; all files are as they were";
constexpr std::string_view kUnfinished =
    "; some files are new and some are old, and may not belong together";

std::string staged(const std::string& path) {
  return hidden_neighbour(path, ".new");
}

std::string outgoing(const std::string& path) {
  return hidden_neighbour(path, ".old");
}

std::string mark_of(const std::string& path) {
  return hidden_neighbour(path, ".installing");
}

tl::unexpected<Diagnostic> refused(const std::string& path, Problem problem,
                                   std::string_view code = "not-installed") {
  return tl::unexpected(Diagnostic{
      Severity::error, path, 0, {}, std::move(problem.reason), std::move(problem.repair), code});
}

tl::unexpected<Diagnostic> failed(const std::string& path, std::string_view what, int error,
                                  std::string_view state = kUnchanged) {
  Problem problem = file_problem(what, error, path);
  if (error == ENOENT) problem.repair = fmt::format("make the folder {}", directory_of(path));
  problem.reason += state;
  return refused(path, std::move(problem));
}

// Lets no signal end the process, as far as it can be kept out.
class WithoutSignals {
 public:
  WithoutSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  WithoutSignals(const WithoutSignals&) = delete;
  WithoutSignals& operator=(const WithoutSignals&) = delete;
  ~WithoutSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

bool exists(const std::string& path) {
  struct stat state {};
  return ::lstat(path.c_str(), &state) == 0;
}

Done check_kind(const std::string& path) {
  struct stat state {};
  if (::lstat(path.c_str(), &state) != 0) return {};  // new, or the lock will say why not
  if (S_ISLNK(state.st_mode)) {
    return refused(path,
                   {"is a symbolic link: what it leads to belongs to the program that made it",
                    "name a file of its own in the policy, or let that program write it alone"},
                   "target-is-link");
  }
  if (S_ISREG(state.st_mode)) return {};
  return refused(path, {"is not a regular file", "name the file itself"}, "not-a-file");
}

// What may be a key is not left behind in memory.
bool holds(const Descriptor& file, std::string_view text) {
  std::array<char, 4096> buffer{};
  bool same = true;
  while (same) {
    const ssize_t n = ::read(file.get(), buffer.data(), buffer.size());
    if (n <= 0) break;
    const std::string_view part(buffer.data(), static_cast<std::size_t>(n));
    same = text.starts_with(part);
    if (same) text.remove_prefix(part.size());
  }
  explicit_bzero(buffer.data(), buffer.size());
  return same && text.empty();
}

Descriptor open_old(const std::string& path) {
  return Descriptor(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
}

bool is_up_to_date(const Member& member, std::string_view text) {
  const Descriptor file = open_old(member.path);
  struct stat state {};
  return file && ::fstat(file.get(), &state) == 0 &&
         (state.st_mode & kPermissions & ~member.most) == 0 && holds(file, text);
}

// With the attributes of the old file, or those of a new one.
Done write_member(const Member& member, const std::string& name, std::string_view text) {
  auto written = write_beside(member.path, name, text, {member.fresh, member.most});
  if (written) return {};
  written.error().reason += kUnchanged;
  return refused(member.path, std::move(written.error()));
}

// The file is to become the one before: by a second name, so that it is there all the time.
Done keep_by_name(const std::string& path) {
  if (::link(path.c_str(), outgoing(path).c_str()) == 0 || errno == ENOENT) return {};
  return failed(path, "cannot be kept", errno);
}

// 0, or errno's value. A name that is not there has been moved already.
int move_if_there(const std::string& from, const std::string& to) {
  return ::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT ? 0 : errno;
}

}  // namespace

std::string previous_of(const std::string& path) {
  return path + ".previous";
}

bool is_installing(const std::string& path) {
  return exists(mark_of(path));
}

std::string FileGroup::mark() const {
  return mark_of(members_.back().path);
}

tl::expected<FileGroup, Diagnostic> FileGroup::open(std::vector<Member> members,
                                                    int patience_milliseconds) {
  std::set<std::string> paths;  // in one order for everybody, so that no two wait for each other
  for (const Member& member : members) {
    if (auto kind = check_kind(member.path); !kind) return tl::unexpected(kind.error());
    paths.insert(member.path);
  }
  FileGroup group(std::move(members));
  for (const std::string& path : paths) {
    auto lock = EditLock::take(path, patience_milliseconds);
    if (!lock) {
      if (!exists(directory_of(path))) return failed(path, "cannot be written", ENOENT);
      lock.error().reason += kUnchanged;
      return refused(path, std::move(lock.error()));
    }
    group.locks_.push_back(*std::move(lock));
  }
  if (auto finished = group.finish_another(); !finished) return tl::unexpected(finished.error());
  return group;
}

Done FileGroup::finish_another() {
  if (exists(mark())) {
    if (auto done = commit(); !done) return done;
    has_finished_another_ = true;
  }
  remove_remains();
  return {};
}

void FileGroup::remove_remains() const {
  for (const Member& member : members_) {
    ::unlink(staged(member.path).c_str());
    ::unlink(outgoing(member.path).c_str());
  }
}

Done FileGroup::stage(const Member& member, std::string_view text) const {
  if (!is_up_to_date(member, text)) {
    if (auto written = write_member(member, staged(member.path), text); !written) return written;
    return keep_by_name(member.path);
  }
  // It stays: a copy is kept, for a second name would change with it.
  return write_member(member, outgoing(member.path), text);
}

Done FileGroup::stage_all(const std::vector<std::string_view>& texts) const {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (auto done = stage(members_[i], texts[i]); !done) return done;
  }
  for (const Member& member : members_) {
    if (const int error = sync_directory(member.path); error != 0) {
      return failed(member.path, "cannot be written", error);
    }
  }
  const Descriptor file(
      ::open(mark().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly));
  if (!file) return failed(members_.front().path, "cannot be written beside", errno);
  const int error = sync_directory(mark());
  if (error == 0) return {};
  ::unlink(mark().c_str());
  return failed(members_.front().path, "cannot be written", error);
}

Done FileGroup::commit() const {
  const WithoutSignals shield;
  const auto unfinished = [](const Member& member, std::string_view what, int error) {
    auto problem = failed(member.path, what, error, kUnfinished);
    problem.value().repair += "; the next import finishes it";
    return problem;
  };
  for (const Member& member : members_) {
    const int error = move_if_there(outgoing(member.path), previous_of(member.path));
    if (error != 0) return unfinished(member, "cannot be kept as .previous", error);
  }
  for (const Member& member : members_) {
    const int error = move_if_there(staged(member.path), member.path);
    if (error != 0) return unfinished(member, "cannot be replaced", error);
  }
  int error = 0;
  for (const Member& member : members_) error = std::max(error, sync_directory(member.path));
  if (error != 0) {
    return failed(members_.front().path, "is new, but may not outlast a power failure", error, "");
  }
  ::unlink(mark().c_str());
  return {};
}

tl::expected<bool, Diagnostic> FileGroup::replace(const std::vector<std::string_view>& texts) {
  bool changes = false;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    changes = changes || !is_up_to_date(members_[i], texts[i]);
  }
  if (!changes) return false;
  if (auto done = stage_all(texts); !done) {
    remove_remains();
    return tl::unexpected(done.error());
  }
  if (auto done = commit(); !done) return tl::unexpected(done.error());
  remove_remains();  // names that rename(2) has found to lead to the same file
  return true;
}

}  // namespace portcullis
