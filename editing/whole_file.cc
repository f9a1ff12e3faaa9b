#include "editing/whole_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "editing/durable_write.h"
#include "editing/edit_lock.h"
#include "editing/file_problem.h"
#include "editing/staged_file.h"

namespace portcullis {
namespace {

using Done = tl::expected<void, Problem>;

constexpr int kPatienceMilliseconds = 10'000;
constexpr mode_t kText = 0666;  // nothing that is written here is a program

tl::unexpected<Problem> failed(int error, const std::string& path, std::string repair = {}) {
  Problem problem = file_problem("cannot be written", error, path);
  if (!repair.empty()) problem.repair = std::move(repair);
  return tl::unexpected(std::move(problem));
}

bool is_there(const std::string& path) {
  struct stat state {};
  return ::lstat(path.c_str(), &state) == 0;
}

// Where the file is or is to be, symbolic links resolved.
tl::expected<std::string, Problem> real_place(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (real) return std::string(real.get());
  if (errno != ENOENT) return failed(errno, path);
  if (is_there(path)) return failed(ENOENT, path, "remove the symbolic link: it leads nowhere");
  if (is_there(directory_of(path))) return path;
  return failed(ENOENT, path, fmt::format("make the folder {}", directory_of(path)));
}

Done check_kind(const std::string& path) {
  struct stat state {};
  if (::stat(path.c_str(), &state) != 0) return {};  // new
  if (!S_ISREG(state.st_mode)) {
    return tl::unexpected(Problem{"is not a regular file", "name a file"});
  }
  if (state.st_nlink > 1) return tl::unexpected(several_names(state.st_nlink));
  return {};
}

// There is no other way to ask for it.
mode_t current_umask() {
  const mode_t mask = ::umask(077);
  ::umask(mask);
  return mask;
}

}  // namespace

Done write_whole_file(const std::string& path, std::string_view text, mode_t most) {
  const auto real = real_place(path);
  if (!real) return tl::unexpected(real.error());
  const auto lock = EditLock::take(*real, kPatienceMilliseconds);
  if (!lock) return tl::unexpected(lock.error());
  if (auto right = check_kind(*real); !right) return right;
  const std::string name = hidden_neighbour(*real, ".new");
  ::unlink(name.c_str());  // of one that was killed
  const FileModes modes{kText & most & ~current_umask(), most};
  Done done = write_beside(*real, name, text, modes);
  if (done && ::rename(name.c_str(), real->c_str()) != 0) done = failed(errno, *real);
  if (!done) {
    ::unlink(name.c_str());
    return done;
  }
  if (const int error = sync_directory(*real); error != 0) {
    return tl::unexpected(
        file_problem("is written, but may not outlast a power failure", error, *real));
  }
  return {};
}

}  // namespace portcullis
