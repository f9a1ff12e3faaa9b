#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"

namespace portcullis {

// What one line says of a value; a value that goes on over several lines has several.
struct IniPiece {
  std::string text;
  std::uint32_t line = 0;
};

// One `key = value` and its continuation lines. A key that is given twice is there twice; one whose
// line was refused, and reported, has no pieces.
struct IniKey {
  std::string name;
  std::uint32_t line = 0;
  std::vector<IniPiece> pieces;
};

struct IniSection {
  std::string title;  // "listener inbound"; empty if it was refused, and reported
  std::uint32_t line = 0;
  std::uint32_t last_line = 0;
  std::vector<IniKey> keys;
};

// Reads INI text, by inih. Debian's inih takes many mistakes for something else and says nothing:
// it cuts lines at 199 bytes and reads the rest as new lines, takes ':' for '=', an indented key
// for a continuation, keys after an unclosed [section for the section before. So it is handed only
// lines that have been checked here, and the rest is reported. What this returns holds no more than
// what was written; with errors it may hold less.
std::vector<IniSection> read_ini(std::string_view text, const std::string& file,
                                 Diagnostics& diagnostics);

}  // namespace portcullis
