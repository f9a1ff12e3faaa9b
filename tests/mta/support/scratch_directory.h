#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace portcullis::testing {

// A private directory under $TMPDIR or /tmp, removed with everything in it at the end, or kept when
// PORTCULLIS_KEEP_SCRATCH is set. It belongs to the caller and is 0755, not mkdtemp's 0700: the
// MTAs and the daemon drop their privileges and must still reach their files.
//
// /tmp itself is writable by everyone, so Sendmail trusts files below it only with
// DontBlameSendmail=TrustStickyBit; SendmailInstance sets that.
class ScratchDirectory {
 public:
  explicit ScratchDirectory(std::string_view label);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  // Writes a file of mode 0644, replacing an old one atomically. Returns its path.
  std::filesystem::path write(std::string_view name, std::string_view text) const;

  // Makes a subdirectory that belongs to `owner` (and its login group; "" is the caller).
  std::filesystem::path make_directory(std::string_view name, const std::string& owner = "",
                                       std::filesystem::perms mode = kPublicDirectory) const;

  static constexpr auto kPublicDirectory = static_cast<std::filesystem::perms>(0755);
  static constexpr auto kPrivateDirectory = static_cast<std::filesystem::perms>(0700);

 private:
  std::filesystem::path path_;
};

// The whole file as text; empty if it is not there (yet).
std::string read_file(const std::filesystem::path& path);

}  // namespace portcullis::testing
