// Who may read or replace the file with the private key, or could once it is there.

#include <filesystem>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tls/key_place.h"
#include "tls/questions.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

void check_mode(const std::string& path, const struct stat& state, Diagnostics& found) {
  const mode_t mode = state.st_mode;
  const auto refused = [&](std::string_view code, std::string reason, std::string_view command) {
    found.error(path, 0, {}, fmt::format("{} (mode {:04o})", reason, mode & 07777),
                fmt::format("{} {}", command, path), code);
  };
  if ((mode & S_IRWXO) != 0) {
    refused("key-open-to-others", "holds a private key that everybody may read or write",
            "it may be known to others: make a new key, then chmod 0600");
  } else if ((mode & S_IWGRP) != 0) {
    refused("key-open-to-group", "holds a private key that its group may write", "chmod 0600");
  } else if ((mode & S_IRGRP) != 0 && state.st_uid != 0) {
    refused("key-open-to-group",
            "holds a private key that its group may read, and does not belong to root",
            "chmod 0600");
  }
}

void check_owner(const std::string& path, uid_t owner, Diagnostics& found) {
  if (owner == 0 || owner == ::geteuid()) return;
  found.error(path, 0, {},
              fmt::format("holds a private key that belongs to user {}, who may replace it", owner),
              fmt::format("chown root {}", path), "key-owner");
}

// Others may put another file in place of one in this folder. In one with the sticky bit (/tmp)
// only new files are theirs.
bool others_may_replace(const fs::path& folder, bool sticky_helps) {
  struct stat state {};
  if (::stat(folder.c_str(), &state) != 0) return false;
  if ((state.st_mode & S_IWOTH) == 0) return false;
  return !sticky_helps || (state.st_mode & S_ISVTX) == 0;
}

void check_place(const std::string& path, Diagnostics& found) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  if (error) return;
  const bool symlink = fs::is_symlink(fs::symlink_status(path, error));
  for (fs::path folder = real.parent_path();; folder = folder.parent_path()) {
    // A link is followed anew each time, and may find what others have put there.
    const bool sticky_helps = !(symlink && folder == real.parent_path());
    if (others_may_replace(folder, sticky_helps)) {
      found.error(path, 0, {},
                  fmt::format("{} in {}, where everybody may write",
                              symlink ? "is a symbolic link to a key" : "is", folder.string()),
                  "keep the key in a folder that only root may write, such as /etc/ssl/private",
                  "key-place");
      return;
    }
    if (folder == folder.root_path()) return;
  }
}

}  // namespace

void check_key_file(const std::string& path, const struct stat& state, Diagnostics& found) {
  check_mode(path, state, found);
  check_owner(path, state.st_uid, found);
  check_place(path, found);
}

Diagnostics check_key_place(const std::string& path, mode_t fresh, mode_t most) {
  Diagnostics found;
  struct stat state {};
  if (::lstat(path.c_str(), &state) != 0) {
    state.st_mode = S_IFREG | fresh;
    state.st_uid = ::geteuid();
  } else {
    state.st_mode &= S_IFMT | most;
  }
  if (S_ISREG(state.st_mode)) check_key_file(path, state, found);
  return found;
}

}  // namespace portcullis
