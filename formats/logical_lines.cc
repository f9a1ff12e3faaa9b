#include "formats/logical_lines.h"

namespace portcullis {

std::optional<LogicalLine> LogicalLines::next() {
  if (!ahead_) return {};
  LogicalLine line{std::string(ahead_->text), ahead_->number, ahead_->comment_above,
                   is_space(ahead_->text.front())};
  for (ahead_ = next_written(); ahead_ && is_space(ahead_->text.front()); ahead_ = next_written()) {
    line.text += ahead_->text;
  }
  while (is_space(line.text.back())) line.text.pop_back();
  return line;
}

std::optional<RawLine> LogicalLines::next_written() {
  while (const auto line = lines_.next()) {
    const std::string_view text = strip(line->text);
    if (!text.empty() && !text.starts_with('#')) return line;
  }
  return {};
}

}  // namespace portcullis
