#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace portcullis {

// One line of a text, without its end and without blanks at its ends.
struct TextLine {
  std::string_view text;
  std::uint32_t number = 0;  // from 1
};

// Goes through the lines of a text: LF, CR LF and lone CR end a line; a UTF-8 byte order mark at
// the start of the text is skipped. Blank lines are there too. Allocates nothing.
class TextLines {
 public:
  explicit TextLines(std::string_view text);

  // The next line, or nothing at the end.
  std::optional<TextLine> next();

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
};

// A line is cut here: what stands from the first of `marks` on that is at the start of the line or
// behind a blank, the mark included. A line without one is all entry.
struct CommentSplit {
  std::string_view content;  // without blanks at its ends
  std::string_view comment;  // without the mark and blanks at its ends
};
CommentSplit split_comment(std::string_view line, std::string_view marks);

// Takes the word before the first of `blanks` off `rest`, with the blanks behind it; empty at the
// end.
std::string_view take_word(std::string_view& rest, std::string_view blanks = " \t");

}  // namespace portcullis
