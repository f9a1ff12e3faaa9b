#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace portcullis {

// ASCII letters and digits, whatever the locale.
constexpr char lower_letter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

inline std::string lower_case(std::string_view text) {
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(), lower_letter);
  return folded;
}

// The same but for the case of letters.
inline bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower_letter, lower_letter);
}

inline bool starts_with_word(std::string_view text, std::string_view start) {
  return same_word(text.substr(0, start.size()), start);
}

// Digits and nothing else, and at least one.
inline bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

}  // namespace portcullis
