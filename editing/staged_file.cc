#include "editing/staged_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "editing/descriptor.h"
#include "editing/durable_write.h"
#include "editing/file_attributes.h"
#include "editing/file_problem.h"

namespace portcullis {
namespace {

using Done = tl::expected<void, Problem>;

constexpr mode_t kOwnerOnly = 0600;

tl::unexpected<Problem> failed(std::string_view what, int error, const std::string& path) {
  Problem problem = file_problem(what, error, path);
  if (error == ENOENT) problem.repair = fmt::format("make the folder {}", directory_of(path));
  return tl::unexpected(std::move(problem));
}

Done set_mode(const Descriptor& file, mode_t mode, const std::string& path) {
  if (::fchmod(file.get(), mode) == 0) return {};
  return failed("cannot be given its mode", errno, path);
}

// Nothing goes beyond `most`, not even what the old file had.
Done take_attributes(const Descriptor& old, const Descriptor& file, mode_t most,
                     const std::string& path) {
  if (auto copied = copy_attributes(old, file, path); !copied) return copied;
  struct stat state {};
  if (::fstat(file.get(), &state) != 0) return failed("cannot be examined", errno, path);
  if ((state.st_mode & ~S_IFMT & ~most) == 0) return {};
  return set_mode(file, state.st_mode & most, path);
}

}  // namespace

Done write_beside(const std::string& path, const std::string& name, std::string_view text,
                  const FileModes& modes) {
  const Descriptor old(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!old && errno != ENOENT) return failed("cannot be opened", errno, path);
  const Descriptor file(
      ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly));
  if (!file) return failed("cannot be written beside", errno, path);
  // Before there is anything in it to read.
  auto done =
      old ? take_attributes(old, file, modes.most, path) : set_mode(file, modes.fresh, path);
  if (!done) return done;
  int error = write_all(file, text);
  if (error == 0 && ::fsync(file.get()) != 0) error = errno;
  if (error != 0) return failed("cannot be written", error, path);
  return {};
}

}  // namespace portcullis
