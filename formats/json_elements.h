#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/diagnostic.h"

#include "formats/text_lines.h"

namespace portcullis {

// A value of a JSON array, or a line of JSON lines. Only its ends are certain: it may be no JSON.
struct JsonElement {
  std::string_view text;   // without blanks and line ends around it; may be empty in an array
  std::uint32_t line = 0;  // where it starts
};

// Cuts a text into values that are then parsed one by one, so that each has its line, and a bad one
// does not take the others with it. A text that starts with a [ is an array; every other one has a
// value on each line that is not blank. Cost: one pass.
class JsonElements {
 public:
  explicit JsonElements(std::string_view text);

  // The next element, or nothing at the end.
  std::optional<JsonElement> next();

  // What is wrong with the array around the elements; ask when there are no more. `cut_short`: it
  // does not end.
  struct Flaw {
    std::uint32_t line = 0;
    std::string_view culprit;
    Problem problem;
    bool cut_short = false;
  };
  const std::optional<Flaw>& flaw() const { return flaw_; }

 private:
  std::optional<JsonElement> next_of_array();
  std::optional<JsonElement> next_of_lines();
  void skip_blanks();
  void end_array();

  std::string_view rest_;  // of an array
  std::uint32_t line_ = 1;
  bool is_array_ = false;
  bool is_first_ = true;
  bool ended_ = false;
  TextLines lines_;
  std::optional<Flaw> flaw_;
};

// The number of line ends in `text`: LF, CR LF and lone CR.
std::uint32_t count_line_ends(std::string_view text);

}  // namespace portcullis
