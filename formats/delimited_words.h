#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"

namespace portcullis {

// A word of a line whose words any run of commas, semicolons, blanks and tabs keeps apart, or a
// quoted field as spreadsheets write it: "192.0.2.1"; a quotation mark in it is doubled.
struct DelimitedWord {
  std::string text;  // without its quotation marks
  std::size_t start = 0;
  std::size_t end = 0;               // in the line, quotation marks and all
  bool after_blanks = false;         // nothing but blanks stand between it and the word before
  std::optional<Problem> problem{};  // with its quotation marks
};

// Empty quoted fields are left out: they are empty cells. Cost: one pass.
std::vector<DelimitedWord> split_delimited_words(std::string_view line);

}  // namespace portcullis
