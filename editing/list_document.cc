#include "editing/list_document.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "config/time_text.h"

#include "editing/list_lines.h"

namespace portcullis {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string fields_of(const std::optional<Time>& expires) {
  return expires ? " expires=" + time_text(*expires) : std::string();
}

std::string tail_of(const std::string& comment) {
  return comment.empty() ? std::string() : " # " + comment;
}

// The line with another entry, other fields or another comment in it.
std::string changed(const ListLine& line, const EntryChange& change) {
  const std::string_view entry = parse_entry_line(line.content)->text;
  const auto lead = static_cast<std::size_t>(entry.data() - line.text.data());
  const auto end =
      static_cast<std::size_t>(line.content.data() - line.text.data()) + line.content.size();
  std::string out(line.text.substr(0, lead));
  out += change.scope ? change.scope->to_string() : std::string(entry);
  out +=
      change.expires ? fields_of(*change.expires) : std::string(line.content.substr(entry.size()));
  out += change.comment ? tail_of(*change.comment) : std::string(line.text.substr(end));
  return out;
}

// The places of `sought` in the order of what they name.
std::vector<std::size_t> sorted_places(std::span<const EntryScope> sought) {
  std::vector<std::size_t> places(sought.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::ranges::sort(places, {}, [&](std::size_t i) -> const EntryScope& { return sought[i]; });
  return places;
}

}  // namespace

std::size_t ListDocument::entries() const {
  std::size_t count = 0;
  ListLines lines(text_);
  while (const auto line = lines.next()) count += line->content.empty() ? 0 : 1;
  return count;
}

std::vector<FoundEntry> ListDocument::find(std::span<const EntryScope> sought) const {
  std::vector<FoundEntry> found;
  const std::vector<std::size_t> places = sorted_places(sought);
  const auto at = [&](std::size_t i) -> const EntryScope& { return sought[i]; };
  ListLines lines(text_);
  while (const auto line = lines.next()) {
    if (line->content.empty()) continue;
    const auto entry = parse_entry_line(line->content);
    if (!entry) continue;
    for (const std::size_t i : std::ranges::equal_range(places, scope_of(entry->entry), {}, at)) {
      found.push_back({i, line->number, entry->expires});
    }
  }
  return found;
}

// That of the first line, or LF.
std::string_view ListDocument::line_end() const {
  const std::size_t end = text_.find('\n');
  return end != std::string::npos && end > 0 && text_[end - 1] == '\r' ? "\r\n" : "\n";
}

std::uint32_t ListDocument::append(std::span<const EntryScope> scopes, const EntryNotes& notes) {
  const std::string_view end = line_end();
  if (!text_.empty() && text_ != kByteOrderMark && !text_.ends_with('\n')) text_ += end;
  const auto before = static_cast<std::uint32_t>(std::ranges::count(text_, '\n'));
  const std::string behind = fields_of(notes.expires) + tail_of(notes.comment);
  for (const EntryScope& scope : scopes) {
    text_ += scope.to_string();
    text_ += behind;
    text_ += end;
  }
  return before + 1;
}

void ListDocument::change(std::uint32_t number, const EntryChange& change) {
  ListLines lines(text_);
  while (const auto line = lines.next()) {
    if (line->number != number) continue;
    const auto start = static_cast<std::size_t>(line->text.data() - text_.data());
    const std::size_t size = line->text.size();
    text_.replace(start, size, changed(*line, change));
    return;
  }
}

void ListDocument::remove(std::span<const std::uint32_t> numbers) {
  std::string kept;
  kept.reserve(text_.size());
  auto next = numbers.begin();
  ListLines lines(text_);
  while (const auto line = lines.next()) {
    if (next == numbers.end() || *next != line->number) {
      kept += line->whole;
      continue;
    }
    ++next;
    if (line->number == 1 && line->whole.starts_with(kByteOrderMark)) kept += kByteOrderMark;
  }
  if (kept.empty() || kept == kByteOrderMark) kept += fmt::format("# no entries{}", line_end());
  text_ = std::move(kept);
}

void ListDocument::clear() {
  std::vector<std::uint32_t> all;
  ListLines lines(text_);
  while (const auto line = lines.next()) {
    if (!line->content.empty()) all.push_back(line->number);
  }
  remove(all);
}

}  // namespace portcullis
