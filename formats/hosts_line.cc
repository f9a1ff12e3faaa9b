#include "formats/hosts_line.h"

#include <algorithm>

#include "formats/letters.h"
#include "formats/raw_lines.h"

namespace portcullis {

std::optional<HostsLine> HostsLines::next() {
  while (!rest_.empty()) {
    HostsLine line{std::string(take_line()), number_};
    while (line.text.ends_with('\\') && !rest_.empty()) {
      line.text.pop_back();
      line.text += take_line();
    }
    if (!strip(line.text).empty() && !line.text.starts_with('#')) return line;
  }
  return {};
}

std::string_view HostsLines::take_line() {
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  ++number_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::vector<std::string_view> split_hosts_line(std::string_view line) {
  std::vector<std::string_view> parts;
  bool bracketed = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '[') bracketed = true;
    if (line[i] == ']') bracketed = false;
    if (line[i] != ':' || bracketed) continue;
    parts.push_back(strip(line.substr(start, i - start)));
    start = i + 1;
  }
  parts.push_back(strip(line.substr(start)));
  return parts;
}

std::vector<std::vector<std::string_view>> split_hosts_list(std::string_view list) {
  std::vector<std::vector<std::string_view>> levels(1);
  const auto separates = [](char c) { return is_space(c) || c == ','; };
  while (true) {
    while (!list.empty() && separates(list.front())) list.remove_prefix(1);
    if (list.empty()) return levels;
    const auto end = std::ranges::find_if(list, separates);
    const std::string_view word = list.substr(0, static_cast<std::size_t>(end - list.begin()));
    list.remove_prefix(word.size());
    if (same_word(word, "EXCEPT")) {
      levels.emplace_back();
    } else {
      levels.back().push_back(word);
    }
  }
}

}  // namespace portcullis
