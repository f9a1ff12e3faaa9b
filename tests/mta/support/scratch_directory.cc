#include "tests/mta/support/scratch_directory.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

namespace portcullis::testing {
namespace {

std::filesystem::path temporary_directory() {
  const char* configured = std::getenv("TMPDIR");
  return configured != nullptr && *configured != '\0' ? configured : "/tmp";
}

void give_to(const std::filesystem::path& path, const std::string& owner) {
  const passwd* user = getpwnam(owner.c_str());
  if (user == nullptr) throw std::runtime_error(fmt::format("there is no user \"{}\"", owner));
  if (chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::system_error(errno, std::generic_category(),
                            fmt::format("cannot give {} to {}", path.string(), owner));
  }
}

}  // namespace

ScratchDirectory::ScratchDirectory(std::string_view label) {
  std::string name = temporary_directory() / fmt::format("portcullis-{}-XXXXXX", label);
  if (mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "cannot make directory " + name);
  }
  path_ = name;
  std::filesystem::permissions(path_, kPublicDirectory);
}

ScratchDirectory::~ScratchDirectory() {
  if (std::getenv("PORTCULLIS_KEEP_SCRATCH") != nullptr) {
    fmt::print(stderr, "kept {}\n", path_.string());
    return;
  }
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path ScratchDirectory::write(std::string_view name, std::string_view text) const {
  std::filesystem::path target = path_ / name;
  const std::filesystem::path draft = target.string() + ".draft";
  std::ofstream(draft, std::ios::binary) << text << std::flush;
  std::filesystem::permissions(draft, static_cast<std::filesystem::perms>(0644));
  std::filesystem::rename(draft, target);
  return target;
}

std::filesystem::path ScratchDirectory::make_directory(std::string_view name,
                                                       const std::string& owner,
                                                       std::filesystem::perms mode) const {
  std::filesystem::path target = path_ / name;
  std::filesystem::create_directories(target);
  std::filesystem::permissions(target, mode);
  if (!owner.empty()) give_to(target, owner);
  return target;
}

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  if (std::ifstream file(path, std::ios::binary); file) text << file.rdbuf();
  return text.str();
}

}  // namespace portcullis::testing
