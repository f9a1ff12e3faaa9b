#include "cli/setting_value.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/settings.h"
#include "config/entry_line.h"

#include "formats/list_entry.h"

namespace portcullis {
namespace {

using Lines = std::vector<std::string>;

// Leaves room for the indentation: the reader takes 196 bytes.
constexpr std::size_t kWrapAt = 160;

std::vector<std::string> split(std::string_view text, std::string_view marks) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(marks), text.size());
    if (const auto part = trim(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// The text in lines of no more than kWrapAt bytes where a blank allows it.
Lines wrapped(std::string_view text) {
  Lines lines;
  for (text = trim(text); text.size() > kWrapAt;) {
    std::size_t end = text.rfind(' ', kWrapAt);
    if (end == std::string_view::npos) end = std::min(text.find(' '), text.size());
    lines.emplace_back(trim(text.substr(0, end)));
    text = trim(text.substr(end));
  }
  if (!text.empty()) lines.emplace_back(text);
  return lines;
}

Lines below(Lines lines) {
  lines.insert(lines.begin(), std::string());
  return lines;
}

// A value that is no list: its lines are joined by a blank when it is read.
std::vector<Lines> ways_to_write_text(std::string_view value) {
  const Lines lines = split(value, "\n");
  Lines wrapped_lines;
  for (const std::string& line : lines) {
    for (std::string& part : wrapped(line)) wrapped_lines.push_back(std::move(part));
  }
  return {lines, wrapped_lines, below(wrapped_lines)};
}

// The item as an entry, if that is what it is.
std::optional<ListEntry> entry_of(OptionType type, std::string_view item) {
  if (type != OptionType::clients && type != OptionType::addresses) return {};
  const auto line = parse_entry_line(item);
  return line ? std::optional(make_entry(*line)) : std::nullopt;
}

}  // namespace

bool may_continue(OptionType type) {
  return is_list(type) || type == OptionType::reply;
}

std::vector<std::string> items_of_value(std::string_view text) {
  return split(text, ",\n");
}

bool same_item(OptionType type, std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto first = entry_of(type, a);
  const auto second = entry_of(type, b);
  return first && second && first->listed == second->listed;
}

bool same_fields(OptionType type, std::string_view a, std::string_view b) {
  return a == b || entry_of(type, a) == entry_of(type, b);
}

std::vector<Lines> ways_to_write(OptionType type, std::string_view value, bool over_lines) {
  if (!may_continue(type)) return {{std::string(value)}};
  if (!is_list(type)) return ways_to_write_text(value);
  const Lines items = items_of_value(value);
  if (over_lines) return {items, below(items)};
  return {{fmt::format("{}", fmt::join(items, ", "))}, below(items)};
}

}  // namespace portcullis
