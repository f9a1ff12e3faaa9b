#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace portcullis {

// One line of a list file. The views point into the list's text, each into the one before it.
struct ListLine {
  std::uint32_t number = 0;  // from 1
  std::string_view whole;    // with its line end, and the byte order mark if it is the first
  std::string_view text;     // without them
  std::string_view content;  // the entry with its fields, without blanks around; may be empty
  std::string_view comment;  // without its mark and blanks; may be empty
};

// Goes through the lines of a list as read_list() of config/ does. Allocates nothing.
class ListLines {
 public:
  explicit ListLines(std::string_view text) : rest_(text) {}

  // The next line, or nothing at the end.
  std::optional<ListLine> next();

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
};

}  // namespace portcullis
