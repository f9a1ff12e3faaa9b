#include "formats/json_elements.h"

#include <algorithm>

namespace portcullis {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kWhiteSpace = " \t\r\n";  // RFC 8259 section 2

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

std::string_view without_end_blanks(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kWhiteSpace) + 1);  // npos + 1 is 0
}

// Where the string whose opening quotation mark stands at `at` ends. A line end ends it too: it has
// to be escaped in a string, and without that the rest of the text would be one.
std::size_t string_end(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '\n' && text[at] != '\r'; ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
  }
  return at;
}

// Where the first element of `text` ends: at a comma or bracket outside of everything.
std::size_t element_end(std::string_view text) {
  std::size_t depth = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (depth == 0 && (c == ',' || c == ']')) return at;
    if (c == '{' || c == '[') ++depth;
    if (depth > 0 && (c == '}' || c == ']')) --depth;
    at = c == '"' ? string_end(text, at) : at + 1;
  }
  return at;
}

}  // namespace

JsonElements::JsonElements(std::string_view text) : rest_(text), lines_(text) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  skip_blanks();
  is_array_ = rest_.starts_with('[');
  if (is_array_) rest_.remove_prefix(1);
}

std::optional<JsonElement> JsonElements::next() {
  return is_array_ ? next_of_array() : next_of_lines();
}

std::optional<JsonElement> JsonElements::next_of_lines() {
  while (const auto line = lines_.next()) {
    if (!line->text.empty()) return JsonElement{line->text, line->number};
  }
  return {};
}

std::optional<JsonElement> JsonElements::next_of_array() {
  if (ended_) return {};
  skip_blanks();
  const bool empty = is_first_ && rest_.starts_with(']');
  is_first_ = false;
  const std::size_t end = element_end(rest_);
  const JsonElement element{without_end_blanks(rest_.substr(0, end)), line_};
  line_ += count_line_ends(rest_.substr(0, end));
  rest_.remove_prefix(end);
  if (rest_.starts_with(',')) {
    rest_.remove_prefix(1);
    return element;
  }
  end_array();
  if (empty || (flaw_ && element.text.empty())) return {};
  return element;
}

void JsonElements::end_array() {
  ended_ = true;
  if (rest_.empty()) {
    flaw_ = Flaw{line_, {}, {"ends within an array", "is the list cut short?"}, true};
    return;
  }
  rest_.remove_prefix(1);
  skip_blanks();
  if (!rest_.empty()) {
    flaw_ = Flaw{line_, first_line(rest_), {"stands behind the end of the array", {}}, false};
  }
}

void JsonElements::skip_blanks() {
  const std::size_t end = std::min(rest_.find_first_not_of(kWhiteSpace), rest_.size());
  line_ += count_line_ends(rest_.substr(0, end));
  rest_.remove_prefix(end);
}

std::uint32_t count_line_ends(std::string_view text) {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool crlf = text[i] == '\r' && text.substr(i + 1).starts_with('\n');
    if (text[i] == '\n' || (text[i] == '\r' && !crlf)) ++count;
  }
  return count;
}

}  // namespace portcullis
