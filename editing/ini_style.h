#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "editing/ini_text_line.h"

namespace portcullis {

// How a policy file is spelled: what new lines in it should look like.

// "key = value" with the blanks around '=' that the lines of the section have, in the column of
// theirs if they are aligned. `section`: the lines of one section.
std::string key_text_like(std::span<const IniTextLine> section, std::string_view key,
                          std::string_view value);

// The blanks before a line that continues a value, by the nearest such line above `at`, else by
// the first of the file, else four blanks.
std::string indentation_near(std::span<const IniTextLine> lines, std::size_t at);

// The line end of the lines around `at`.
std::string line_end_near(std::span<const IniTextLine> lines, std::size_t at);

}  // namespace portcullis
