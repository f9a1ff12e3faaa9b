#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "config/text_file.h"

#include "editing/edit_lock.h"

namespace portcullis {

// EditedFile is one edit of a file that several people edit, from reading it to replacing it. While
// it exists no other EditedFile of the same file does, in any process: it holds a lock.
//
// replace() leaves the old file or the new one, whole, at whatever point the process or the machine
// stops: the new text goes to a temporary file in the same directory, with the owner, group, mode
// and access control list of the old one, is synced, and takes its name. The version before is kept
// as NAME~ for undo(). A symbolic link stays one: what it leads to is edited. What an edit that was
// killed has left behind (.NAME.new, .NAME.old, .NAME.lock) the next one removes. Moves; for one
// thread.
class EditedFile {
 public:
  // Waits at most `patience` for an edit by someone else to end. The file must be there, be a
  // regular file and have no other names (hard links), which would keep the old text. An empty one
  // is fine. What else read_text_file() refuses is refused.
  static tl::expected<EditedFile, Problem> open(const std::string& path, TextFileKind kind,
                                                int patience_milliseconds = 10'000);

  EditedFile(EditedFile&& other) noexcept = default;
  EditedFile& operator=(EditedFile&&) = delete;
  ~EditedFile() = default;

  // The file as it is.
  const std::string& text() const { return text_; }
  // Where it really is, symbolic links resolved.
  const std::string& path() const { return path_; }

  // On failure (a full disk, no permission, someone wrote to the file without the lock) the old
  // file is in place, and the Problem says so. Only if the disk fails when all is done, the new
  // one may be; then the Problem says that.
  tl::expected<void, Problem> replace(std::string_view text);

  // replace() in two steps, for files that are edited together (replace_together.h): stage() writes
  // the new text beside the file, which is all that may fail for want of room; commit() gives it
  // the file's name, and discard() takes it away again. Each fails as replace() does, and then
  // nothing is staged. Precondition of commit(): stage() has succeeded.
  tl::expected<void, Problem> stage(std::string_view text);
  tl::expected<void, Problem> commit();
  void discard();

  // The version before becomes the file, and the file the version before: twice is once again.
  // Owner and mode stay those of the file.
  tl::expected<void, Problem> undo();
  // What undo() would bring back; nothing if no version before is kept.
  std::optional<std::string> previous() const;

 private:
  EditedFile(std::string path, TextFileKind kind, EditLock lock);

  tl::expected<void, Problem> read();
  tl::expected<void, Problem> check_unchanged() const;
  tl::expected<void, Problem> write_copy(const std::string& name, std::string_view text) const;
  tl::expected<void, Problem> keep_previous() const;
  tl::expected<void, Problem> exchange(const std::string& previous);
  tl::expected<void, Problem> finish(std::string text);

  std::string path_;
  TextFileKind kind_;
  EditLock lock_;
  std::string text_;
  std::string staged_;
  struct stat state_ {};  // of the file when text_ was read
};

}  // namespace portcullis
