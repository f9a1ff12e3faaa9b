#include "formats/raw_lines.h"

#include <algorithm>

namespace portcullis {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view strip(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view take_field(std::string_view& rest) {
  const auto end = static_cast<std::size_t>(std::ranges::find_if(rest, is_space) - rest.begin());
  const std::string_view field = rest.substr(0, end);
  rest = strip(rest.substr(end));
  return field;
}

std::optional<RawLine> RawLines::next() {
  if (rest_.empty()) return {};
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  RawLine line{rest_.substr(0, end), ++number_,
               comment_lines_ == 1 ? comment_ : std::string_view()};
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  if (line.text.starts_with('#')) {
    comment_ = strip(line.text.substr(1));
    ++comment_lines_;
  } else {
    comment_lines_ = 0;
  }
  return line;
}

}  // namespace portcullis
