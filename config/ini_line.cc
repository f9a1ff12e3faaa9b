#include "config/ini_line.h"

#include <algorithm>

#include <fmt/format.h>

namespace portcullis {
namespace {

using Kind = IniLine::Kind;
using Result = tl::expected<IniLine, IniLineProblem>;

// inih 55 reads 199 bytes with the line end and keeps 49 of a name: both are silently cut.
constexpr std::size_t kMaxLine = 196;
constexpr std::size_t kMaxName = 49;

Result problem(Kind kind, std::string_view culprit, std::string reason, std::string repair,
               std::string repaired = {}) {
  return tl::unexpected(IniLineProblem{
      kind, std::string(culprit), {std::move(reason), std::move(repair)}, std::move(repaired)});
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
}
bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The position of `comment` after a blank, as inih looks for ';'.
std::size_t find_comment(std::string_view text, char comment) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == comment && is_blank(text[i - 1])) return i;
  }
  return std::string_view::npos;
}

std::string_view without_comment(std::string_view text) {
  return trim(text.substr(0, find_comment(text, ';')));
}

// Where a '#' stands that was meant to start a comment behind a value.
std::size_t find_hash_comment(std::string_view value) {
  return value.starts_with('#') ? 0 : find_comment(value, '#');
}

// `line` up to its '#', with the indentation that makes it a continuation.
Result hash_comment(Kind kind, std::string_view line, std::string_view value) {
  return problem(kind, value, "has a # that does not start a comment here",
                 "write \" ;\" before a comment that follows a value",
                 std::string(line.substr(0, line.find('#'))));
}

// "port = 25": a name, blanks and '='.
bool looks_like_setting(std::string_view text) {
  const auto name_end = std::ranges::find_if_not(text, is_word_character);
  const auto equals = std::find_if_not(name_end, text.end(), is_blank);
  return name_end != text.begin() && equals != text.end() && *equals == '=';
}

Result check_continuation(std::string_view line) {
  const std::string_view text = trim(line);
  if (text.front() == '[' && text.find(']') != std::string_view::npos) {
    return problem(Kind::continuation, text, "is indented, so it continues the value above",
                   "start a section in the first column", std::string(text));
  }
  if (looks_like_setting(text)) {
    return problem(Kind::continuation, text, "is indented, so it continues the value above",
                   "start a setting in the first column", std::string(text));
  }
  const std::string_view value = without_comment(text);
  if (find_hash_comment(value) != std::string_view::npos) {
    return hash_comment(Kind::continuation, line, value);
  }
  // inih strips a comment from a key's line, but not from a continuation.
  return IniLine{Kind::continuation, {}, line.substr(0, find_comment(line, ';'))};
}

Result check_section(std::string_view line) {
  const std::string_view text = without_comment(line);
  const std::size_t close = text.find(']');
  const std::string_view title = trim(text.substr(1, close - 1));
  const std::string repaired = fmt::format("[{}]", title);
  if (title.empty()) {
    return problem(Kind::section, text, "has no name",
                   "write [daemon], [listener NAME] or [class NAME]");
  }
  if (title.size() > kMaxName) {
    return problem(Kind::section, text,
                   fmt::format("is a section name of more than {} bytes", kMaxName),
                   "choose a shorter name");
  }
  if (close == std::string_view::npos) {
    return problem(Kind::section, text, "has no closing bracket", fmt::format("write {}", repaired),
                   repaired);
  }
  if (close + 1 != text.size()) {
    return problem(Kind::section, text, "has text behind its closing bracket",
                   "write it on a line of its own", repaired);
  }
  return IniLine{Kind::section, title, line};
}

// A line without '=' where a setting was expected.
Result not_a_setting(std::string_view text, IniPlace place) {
  if (place.in_value && text.find_first_of(".:") != std::string_view::npos &&
      parse_entry_line(text).has_value()) {
    return problem(Kind::continuation, text, "is not a setting",
                   "indent it, so that it continues the list above", fmt::format("  {}", text));
  }
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    const std::string_view name = trim(text.substr(0, colon));
    if (!name.empty() && std::ranges::all_of(name, is_word_character)) {
      const auto repaired = fmt::format("{} = {}", name, trim(text.substr(colon + 1)));
      return problem(Kind::key, text, "has a ':' where '=' was expected",
                     fmt::format("write {}", repaired), repaired);
    }
  }
  return problem(Kind::key, text, "is not a setting",
                 place.in_value ? "write key = value, or indent it to continue the value above"
                                : "write key = value");
}

Result check_key(std::string_view line, IniPlace place) {
  const std::string_view text = without_comment(line);
  if (!place.in_section) {
    return problem(Kind::key, text, "stands before the first section", "put it below a [section]");
  }
  const std::size_t separator = text.find_first_of("=:");
  if (separator == std::string_view::npos || text[separator] == ':') {
    return not_a_setting(text, place);
  }
  const std::string_view name = trim(text.substr(0, separator));
  const std::string_view value = trim(text.substr(separator + 1));
  if (name.empty()) {
    return problem(Kind::key, text, "has no name before its '='", "write key = value");
  }
  if (name.size() > kMaxName) {
    return problem(Kind::key, name, fmt::format("is a name of more than {} bytes", kMaxName), {});
  }
  if (find_hash_comment(value) != std::string_view::npos) {
    return hash_comment(Kind::key, line, value);
  }
  return IniLine{Kind::key, {}, text};
}

// What the line is, once it is known to be safe to look at.
Kind kind_of(std::string_view line, IniPlace place) {
  const std::string_view text = trim(line);
  if (text.empty() || text.front() == '#' || text.front() == ';') return Kind::nothing;
  if (is_blank(line.front()) && place.in_value) return Kind::continuation;
  return text.front() == '[' ? Kind::section : Kind::key;
}

}  // namespace

tl::expected<IniLine, IniLineProblem> check_ini_line(std::string_view line, IniPlace place) {
  const Kind kind = kind_of(line, place);
  if (line.size() > kMaxLine) {
    return problem(kind, trim(line), fmt::format("is a line of more than {} bytes", kMaxLine),
                   kind == Kind::nothing
                       ? "break the comment into several lines"
                       : "write a list over several indented lines, or into a file:NAME");
  }
  if (std::ranges::any_of(line, is_control)) {
    return problem(kind, trim(line), "holds a control character", "write plain text");
  }
  switch (kind) {
    case Kind::nothing:
      break;
    case Kind::section:
      return check_section(trim(line));
    case Kind::key:
      return check_key(trim(line), place);
    case Kind::continuation:
      return check_continuation(line);
  }
  return IniLine{};
}

}  // namespace portcullis
