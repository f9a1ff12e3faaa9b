#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/entry_line.h"

namespace portcullis {

// One line of an INI file, as inih would understand it.
struct IniLine {
  enum class Kind : std::uint8_t {
    nothing,       // blank or a comment
    section,       // [title]
    key,           // key = value
    continuation,  // more of the value above
  };
  Kind kind = Kind::nothing;
  std::string_view title;  // of a section
  std::string_view text;   // what inih may see of the line
};

// Where in the file a line stands: what the meaning of an indented line hangs on.
struct IniPlace {
  bool in_section = false;  // a [section] stands above
  bool in_value = false;    // a key stands above in the same section
};

struct IniLineProblem {
  IniLine::Kind kind = IniLine::Kind::nothing;  // what the line was meant as
  std::string culprit;
  Problem problem;
  // The line as it was meant, if there is no doubt: to go on with, so that the mistake is reported
  // once and others behind it as well. Empty otherwise.
  std::string repaired;
};

// Checks one line (no line end). Whatever inih would misread is a problem.
tl::expected<IniLine, IniLineProblem> check_ini_line(std::string_view line, IniPlace place);

}  // namespace portcullis
