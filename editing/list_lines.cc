#include "editing/list_lines.h"

#include <algorithm>

#include "config/entry_line.h"
#include "config/list_file.h"

namespace portcullis {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

std::optional<ListLine> ListLines::next() {
  if (rest_.empty()) return {};
  const std::size_t end = rest_.find('\n');
  ListLine line;
  line.number = ++number_;
  line.whole = rest_.substr(0, end == std::string_view::npos ? rest_.size() : end + 1);
  rest_.remove_prefix(line.whole.size());

  line.text = line.whole;
  if (line.number == 1 && line.text.starts_with(kByteOrderMark)) {
    line.text.remove_prefix(kByteOrderMark.size());
  }
  if (line.text.ends_with('\n')) line.text.remove_suffix(1);
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  const std::string_view entry = without_comment(line.text);
  line.content = trim(entry);
  if (entry.size() < line.text.size()) line.comment = trim(line.text.substr(entry.size() + 1));
  return line;
}

}  // namespace portcullis
