#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "config/ini_line.h"

namespace portcullis {

// One line of an INI file, byte for byte, with what the reader of policy files makes of it.
struct IniTextLine {
  std::string text;  // without its end
  std::string end;   // "\n" or "\r\n"; empty: the last line of a file that ends without one
  IniLine::Kind kind = IniLine::Kind::nothing;
  std::string word = {};  // the title of a section, its words one blank apart; the name of a key
  bool refused = false;   // the reader reports the line; its kind is what it was meant as

  bool is_blank() const;
  bool is_comment() const;
};

// Fills in what follows from the text and from where it stands, and updates `place` for the line
// below.
void classify(IniTextLine& line, IniPlace& place);

// The value that stands in a key's line or in one that continues it, without blanks and comment.
// Empty for a line that was refused.
std::string_view value_of(const IniTextLine& line);

// The text of such a line with another value: what stands around the value stays, and a comment
// stays in its column where there is room. The line was not refused.
std::string with_value(const IniTextLine& line, std::string_view value);

// A line of this text, if the reader takes it for a `kind` that says `value`, and nothing else.
// This is what keeps a value from becoming a section, a setting or a comment.
tl::expected<IniTextLine, Problem> checked_line(IniLine::Kind kind, std::string text,
                                                std::string_view value, std::string_view end);

}  // namespace portcullis
