#pragma once

#include <map>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "config/text_file.h"

namespace portcullis {

// Where the texts of a policy and its lists come from: the disk, but for the files of which it is
// asked what an edit would make of them. Immutable once it is made; for any number of threads.
class TextSource {
 public:
  // The disk alone.
  TextSource() = default;

  // The same, with `text` in place of the file at `path`, under whatever name (symbolic links) it
  // is read. `text` must outlive the object. The file need not be there yet.
  TextSource with(const std::string& path, std::string_view text) const;

  // As read_text_file(). A text in place of a file is held against the same rules.
  tl::expected<TextFile, TextFileProblem> read(const std::string& path, TextFileKind kind) const;

 private:
  std::map<std::string, std::string_view> texts_;  // by real path
};

}  // namespace portcullis
