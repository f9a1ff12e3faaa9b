#include "editing/file_problem.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace portcullis {
namespace {

std::string repair_of(int error, const std::string& path) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return fmt::format("make room on the disk that holds {}, then do it again",
                         directory_of(path));
    case EFBIG:
      return "raise the limit of this process for the size of files (ulimit -f)";
    case EACCES:
    case EPERM:
      return fmt::format("do it as root, or as the owner of {}", directory_of(path));
    case EROFS:
      return fmt::format("mount the disk that holds {} for writing", directory_of(path));
    case EBUSY:
    case EXDEV:
      return "edit the file where it is not mounted by itself: it cannot be replaced here";
    default:
      return {};
  }
}

}  // namespace

Problem file_problem(std::string_view what, int error, const std::string& path) {
  return {fmt::format("{}: {}", what, std::generic_category().message(error)),
          repair_of(error, path)};
}

Problem several_names(std::size_t names) {
  return {fmt::format("has {} names (hard links): the others would keep the old text", names),
          "make the other names symbolic links"};
}

std::string directory_of(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  return directory.empty() ? "." : directory;
}

std::string hidden_neighbour(const std::string& path, std::string_view suffix) {
  const std::filesystem::path full(path);
  return (full.parent_path() / fmt::format(".{}{}", full.filename().string(), suffix)).string();
}

}  // namespace portcullis
