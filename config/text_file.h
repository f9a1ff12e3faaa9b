#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

namespace portcullis {

enum class TextFileKind : std::uint8_t {
  policy,  // at most 16 MiB; the last line may lack its line end
  list     // at most 1 GiB; a last line without line end may have been cut short: an error
};

struct TextFile {
  std::string text;
  bool others_may_write = false;
};

// What is wrong with a file. Line 0: the file as a whole.
struct TextFileProblem {
  std::uint32_t line = 0;
  Problem problem;
};

// Reads a whole regular file, once and as it is: a FIFO, device or directory is an error and never
// makes us wait; so are an empty file, a NUL byte, and a file that changed while it was read.
tl::expected<TextFile, TextFileProblem> read_text_file(const std::string& path, TextFileKind kind);

// The same, and calls `while_reading` when the file has been opened: tests change the file there.
tl::expected<TextFile, TextFileProblem> read_text_file(const std::string& path, TextFileKind kind,
                                                       void (*while_reading)());

// What read_text_file() would refuse a file that holds `text` for: its size, a NUL byte, its end.
tl::expected<void, TextFileProblem> check_text(std::string_view text, TextFileKind kind);

}  // namespace portcullis
