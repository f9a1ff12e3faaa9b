#include "contrib/sendmail/m4_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace portcullis {

std::string m4_value(std::string_view value) {
  std::string quoted = "``";
  for (const char c : value) {
    quoted += c;
    // $1, $#, $* and $@ are arguments in what a macro stands for; not with quotes in between.
    if (c == '$') quoted += "''``";
  }
  return quoted + "''";
}

std::string m4_define(std::string_view name, std::string_view value) {
  return fmt::format("define(`{}', {})dnl", name, m4_value(value));
}

std::string cf_lines(CfPlace place, std::string_view lines) {
  return fmt::format("PUSHDIVERT({})`{}'POPDIVERT`'dnl", static_cast<int>(place), lines);
}

bool survives_m4(std::string_view text) {
  return std::ranges::all_of(text,
                             [](char c) { return c >= ' ' && c <= '~' && c != '`' && c != '\''; });
}

bool is_plain(std::string_view text) {
  constexpr std::string_view kMarks = "/._-+@:%=~[]";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

std::string cf_literal(std::string_view text) {
  std::string literal;
  for (const char c : text) {
    if (c == '$') literal += '$';
    if (c == '#') literal += '\\';
    literal += c;
  }
  return literal;
}

}  // namespace portcullis
