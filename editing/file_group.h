#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

#include "editing/edit_lock.h"

namespace portcullis {

// FileGroup replaces files that are only good together, such as a certificate and its key. While it
// exists no other FileGroup with one of these files does, in any process.
//
// No file system replaces two names at one stroke. What is done instead: the new files are written
// beside the old ones (.NAME.new) and synced; a mark (.NAME.installing beside the last) says that
// they are complete; then they take their names one after the other, with nothing in between and no
// signal let in. A process that is killed before the mark leaves the old files. One that is killed
// after it leaves the rest for the next FileGroup of these files, which finishes it first. So the
// files are of two kinds only if the machine stops within those few calls, and until somebody opens
// them again. A file that stays the same is not touched: a certificate that is renewed for the same
// key, or one file that holds all, is replaced at one stroke.
//
// The files before are kept as NAME.previous, all of them, also those that stayed the same.
class FileGroup {
 public:
  struct Member {
    std::string path;
    // Of a file that is new. One that is there keeps its owner, group and mode, and loses what its
    // mode grants beyond `most`.
    mode_t fresh = 0600;
    mode_t most = 0640;
  };

  // In the order in which they take their names; at least one. Waits at most `patience` for others.
  // A symbolic link is refused (code "target-is-link"): what it leads to belongs to the program
  // that made it, as certbot. So is what is not a regular file.
  static tl::expected<FileGroup, Diagnostic> open(std::vector<Member> members,
                                                  int patience_milliseconds = 10'000);

  FileGroup(FileGroup&&) noexcept = default;
  FileGroup& operator=(FileGroup&&) = delete;

  // open() has finished what was killed.
  bool has_finished_another() const { return has_finished_another_; }

  // `texts` by member. False: the files hold them already, and nothing was touched. On failure
  // (code "not-installed") all old files are in place, and the Diagnostic says so; only if a disk
  // fails in the middle of it, it says what is to be done. Texts are not kept.
  tl::expected<bool, Diagnostic> replace(const std::vector<std::string_view>& texts);

 private:
  explicit FileGroup(std::vector<Member> members) : members_(std::move(members)) {}

  std::string mark() const;
  tl::expected<void, Diagnostic> stage(const Member& member, std::string_view text) const;
  tl::expected<void, Diagnostic> stage_all(const std::vector<std::string_view>& texts) const;
  tl::expected<void, Diagnostic> commit() const;
  tl::expected<void, Diagnostic> finish_another();
  void remove_remains() const;

  std::vector<Member> members_;
  std::vector<EditLock> locks_;
  bool has_finished_another_ = false;
};

// A FileGroup whose last member has this path was killed behind its mark (or is at work just now).
bool is_installing(const std::string& path);

// "/etc/mx.pem" -> "/etc/mx.pem.previous".
std::string previous_of(const std::string& path);

}  // namespace portcullis
