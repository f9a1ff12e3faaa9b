#include "editing/ini_text_line.h"

#include <algorithm>

#include "config/entry_line.h"

namespace portcullis {
namespace {

using Kind = IniLine::Kind;

constexpr std::string_view kBlanks = " \t";

bool is_blank_character(char c) {
  return c == ' ' || c == '\t';
}

// Where the value of a line stands. One that is not there begins and ends behind the '='.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The end of what stands before a " ;".
std::size_t end_of_content(std::string_view text) {
  std::size_t end = text.size();
  const std::size_t start = std::min(text.find_first_not_of(kBlanks), text.size());
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    if (text[i] == ';' && is_blank_character(text[i - 1])) {
      end = i;
      break;
    }
  }
  while (end > 0 && is_blank_character(text[end - 1])) --end;
  return end;
}

Span value_span(const IniTextLine& line) {
  const std::string_view text = line.text;
  const std::size_t end = end_of_content(text);
  std::size_t behind = 0;
  if (line.kind == Kind::key) behind = text.find('=') + 1;
  const std::size_t begin = std::min(text.find_first_not_of(kBlanks, behind), text.size());
  return begin < end ? Span{begin, end} : Span{behind, behind};
}

// "class   blocked" as "class blocked".
std::string joined_words(std::string_view title) {
  std::string joined;
  for (std::string_view rest = trim(title); !rest.empty();) {
    const std::size_t end = std::min(rest.find_first_of(kBlanks), rest.size());
    if (!joined.empty()) joined += ' ';
    joined += rest.substr(0, end);
    rest = trim(rest.substr(end));
  }
  return joined;
}

std::string word_of(Kind kind, std::string_view text, std::string_view title) {
  if (kind == Kind::section) return joined_words(title);
  if (kind != Kind::key) return {};
  return std::string(trim(text.substr(0, text.find_first_of("=:"))));
}

// The blanks and the comment behind a value that is now `end` bytes into its line: in the column
// where it was, if it had room.
std::string comment_behind(std::string_view tail, std::size_t old_end, std::size_t end) {
  const std::size_t blanks = tail.find_first_not_of(' ');
  if (blanks == std::string_view::npos || blanks < 2) return std::string(tail);
  const std::size_t column = old_end + blanks;
  return std::string(column > end ? column - end : 1, ' ') + std::string(tail.substr(blanks));
}

}  // namespace

bool IniTextLine::is_blank() const {
  return trim(text).empty();
}

bool IniTextLine::is_comment() const {
  return kind == Kind::nothing && !is_blank();
}

void classify(IniTextLine& line, IniPlace& place) {
  std::string meant = line.text;
  auto checked = check_ini_line(meant, place);
  line.refused = !checked;
  // As the reader goes on: with the line as it was meant, if there is no doubt.
  while (!checked && !checked.error().repaired.empty()) {
    meant = std::string(checked.error().repaired);
    checked = check_ini_line(meant, place);
  }
  line.kind = checked ? checked->kind : checked.error().kind;
  line.word = word_of(line.kind, meant, checked ? checked->title : std::string_view());
  if (line.kind == Kind::section) place = {.in_section = true, .in_value = false};
  if (line.kind == Kind::key && place.in_section) place.in_value = true;
}

std::string_view value_of(const IniTextLine& line) {
  if (line.refused) return {};
  const Span span = value_span(line);
  return std::string_view(line.text).substr(span.begin, span.end - span.begin);
}

std::string with_value(const IniTextLine& line, std::string_view value) {
  const Span span = value_span(line);
  std::string text = line.text.substr(0, span.begin);
  if (value.empty()) {
    text.erase(text.find_last_not_of(kBlanks) + 1);
  } else if (span.begin == span.end && text.size() > 1 &&
             is_blank_character(text[text.size() - 2])) {
    text += ' ';  // "key =" has a blank on both sides
  }
  text += value;
  text += comment_behind(std::string_view(line.text).substr(span.end), span.end, text.size());
  if (value.empty()) text.erase(text.find_last_not_of(kBlanks) + 1);
  return text;
}

tl::expected<IniTextLine, Problem> checked_line(Kind kind, std::string text, std::string_view value,
                                                std::string_view end) {
  IniTextLine line{std::move(text), std::string(end)};
  IniPlace place{.in_section = true, .in_value = kind == Kind::continuation};
  if (auto checked = check_ini_line(line.text, place); !checked) {
    return tl::unexpected(std::move(checked.error().problem));
  }
  classify(line, place);
  const bool same = kind == Kind::section ? line.word == value : value_of(line) == value;
  if (line.kind == kind && same) return line;
  return tl::unexpected(Problem{"would be read as something else in a policy file",
                                "write it without \" ;\", and nothing that looks like a comment"});
}

}  // namespace portcullis
