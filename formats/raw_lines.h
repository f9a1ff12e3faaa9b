#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace portcullis {

// One line of a text as it stands, blanks at its start and all.
struct RawLine {
  std::string_view text;     // without LF or CR LF
  std::uint32_t number = 0;  // from 1
  // The comment line directly above that stands alone: people, and our writers, put what there is
  // to say about an entry there. A block of several lines is a heading. Without '#' and blanks.
  std::string_view comment_above;
};

// True for what isspace(3) takes in the C locale: the blanks of Postfix and of makemap.
bool is_space(char c);
// `text` without these at its ends.
std::string_view strip(std::string_view text);
// What stands before the first of them; `rest` becomes what follows, stripped.
std::string_view take_field(std::string_view& rest);

// Goes through a text in which only LF ends a line, for formats in which a blank at the start of a
// line means something. Comment lines are there too. Allocates nothing.
class RawLines {
 public:
  explicit RawLines(std::string_view text) : rest_(text) {}

  std::optional<RawLine> next();

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
  std::string_view comment_;    // of the line before
  unsigned comment_lines_ = 0;  // directly above
};

}  // namespace portcullis
