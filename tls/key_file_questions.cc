// Who may read or replace the file with the private key.

#include <filesystem>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tls/questions.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

void check_mode(const PemFile& file, Diagnostics& found) {
  const mode_t mode = file.state.st_mode;
  const auto refused = [&](std::string_view code, std::string reason, std::string_view command) {
    found.error(file.path, 0, {}, fmt::format("{} (mode {:04o})", reason, mode & 07777),
                fmt::format("{} {}", command, file.path), code);
  };
  if ((mode & S_IRWXO) != 0) {
    refused("key-open-to-others", "holds a private key that everybody may read or write",
            "it may be known to others: make a new key, then chmod 0600");
  } else if ((mode & S_IWGRP) != 0) {
    refused("key-open-to-group", "holds a private key that its group may write", "chmod 0600");
  } else if ((mode & S_IRGRP) != 0 && file.state.st_uid != 0) {
    refused("key-open-to-group",
            "holds a private key that its group may read, and does not belong to root",
            "chmod 0600");
  }
}

void check_owner(const PemFile& file, Diagnostics& found) {
  const uid_t owner = file.state.st_uid;
  if (owner == 0 || owner == ::geteuid()) return;
  found.error(file.path, 0, {},
              fmt::format("holds a private key that belongs to user {}, who may replace it", owner),
              fmt::format("chown root {}", file.path), "key-owner");
}

// Others may put another file in place of one in this folder. In one with the sticky bit (/tmp)
// only new files are theirs.
bool others_may_replace(const fs::path& folder, bool sticky_helps) {
  struct stat state {};
  if (::stat(folder.c_str(), &state) != 0) return false;
  if ((state.st_mode & S_IWOTH) == 0) return false;
  return !sticky_helps || (state.st_mode & S_ISVTX) == 0;
}

void check_place(const PemFile& file, Diagnostics& found) {
  std::error_code error;
  const fs::path real = fs::canonical(file.path, error);
  if (error) return;  // gone since it was read
  const bool symlink = fs::is_symlink(fs::symlink_status(file.path, error));
  for (fs::path folder = real.parent_path();; folder = folder.parent_path()) {
    // A link is followed anew each time, and may find what others have put there.
    const bool sticky_helps = !(symlink && folder == real.parent_path());
    if (others_may_replace(folder, sticky_helps)) {
      found.error(file.path, 0, {},
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

void check_key_file(const PemFile& file, Diagnostics& found) {
  check_mode(file, found);
  check_owner(file, found);
  check_place(file, found);
}

}  // namespace portcullis
