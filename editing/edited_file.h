#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "config/text_file.h"

namespace portcullis {

// EditedFile is one edit of a file that several people edit, from reading it to replacing it. While
// it exists no other EditedFile of the same file does, in any process: it holds a lock.
//
// replace() leaves the old file or the new one, whole, at whatever point the process or the machine
// stops: the new text goes to a temporary file in the same directory, with the owner, group and
// mode of the old one, is synced, and takes its name. The version before is kept as NAME~ for
// undo(). A symbolic link stays one: what it leads to is edited. Moves; for one thread.
class EditedFile {
 public:
  // Waits at most `patience` for an edit by someone else to end.
  static tl::expected<EditedFile, Problem> open(const std::string& path, TextFileKind kind,
                                                int patience_milliseconds = 10'000);

  EditedFile(EditedFile&& other) noexcept;
  EditedFile& operator=(EditedFile&&) = delete;
  ~EditedFile();

  // The file as it is.
  const std::string& text() const { return text_; }
  // Where it really is, symbolic links resolved.
  const std::string& path() const { return path_; }

  // On failure (a full disk, no permission) the old file is in place, and the Problem says so.
  tl::expected<void, Problem> replace(std::string_view text);

  // The version before becomes the file, and the file the version before: twice is once again.
  tl::expected<void, Problem> undo();
  // What undo() would bring back; nothing if no version before is kept.
  std::optional<std::string> previous() const;

 private:
  EditedFile(std::string path, std::string text, int lock);

  std::string path_;
  std::string text_;
  int lock_ = -1;  // descriptor that holds the lock
};

}  // namespace portcullis
