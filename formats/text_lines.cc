#include "formats/text_lines.h"

#include <algorithm>

#include "config/entry_line.h"

namespace portcullis {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

}  // namespace

TextLines::TextLines(std::string_view text) : rest_(text) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

std::optional<TextLine> TextLines::next() {
  if (rest_.empty()) return {};
  const std::size_t end = std::min(rest_.find_first_of("\r\n"), rest_.size());
  const TextLine line{trim(rest_.substr(0, end)), ++number_};
  const bool crlf = rest_.substr(end).starts_with("\r\n");
  rest_.remove_prefix(std::min(end + (crlf ? 2 : 1), rest_.size()));
  return line;
}

CommentSplit split_comment(std::string_view line, std::string_view marks) {
  for (std::size_t at = line.find_first_of(marks); at != std::string_view::npos;
       at = line.find_first_of(marks, at + 1)) {
    if (at == 0 || is_blank(line[at - 1])) {
      return {trim(line.substr(0, at)), trim(line.substr(at + 1))};
    }
  }
  return {trim(line), {}};
}

std::string_view take_word(std::string_view& rest, std::string_view blanks) {
  const std::size_t start = std::min(rest.find_first_not_of(blanks), rest.size());
  rest.remove_prefix(start);
  const std::size_t end = std::min(rest.find_first_of(blanks), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  return word;
}

}  // namespace portcullis
