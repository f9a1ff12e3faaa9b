#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/raw_lines.h"

namespace portcullis {

// A logical line of a Postfix table: a line that starts without a blank and the indented ones
// behind it, joined as they stand.
struct LogicalLine {
  std::string text;                // stripped at its end
  std::uint32_t number = 0;        // of its first line
  std::string_view comment_above;  // as RawLine has it
  bool indented = false;           // starts with a blank: there is no line that it continues
};

// Goes through the logical lines of a text as readllines() of Postfix 3.7 does: blank lines, and
// comments even with blanks before them, are skipped and end nothing.
class LogicalLines {
 public:
  explicit LogicalLines(std::string_view text) : lines_(text), ahead_(next_written()) {}

  std::optional<LogicalLine> next();

 private:
  std::optional<RawLine> next_written();

  RawLines lines_;
  std::optional<RawLine> ahead_;
};

}  // namespace portcullis
