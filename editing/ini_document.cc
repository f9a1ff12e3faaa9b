#include "editing/ini_document.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "config/entry_line.h"

#include "editing/ini_style.h"

namespace portcullis {
namespace {

using Kind = IniLine::Kind;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

IniTextLine take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view text = rest.substr(0, end);
  std::string_view line_end = rest.substr(end, 1);
  rest.remove_prefix(end + line_end.size());
  // A CR in the last line is part of its end as well: the reader has it so.
  if (text.ends_with('\r')) {
    line_end = std::string_view(text.data() + text.size() - 1, line_end.size() + 1);
    text.remove_suffix(1);
  }
  return {std::string(text), std::string(line_end)};
}

tl::unexpected<Problem> no_section(std::string_view title) {
  return tl::unexpected(
      Problem{fmt::format("has no section [{}]", title), "add it with add-section"});
}

std::vector<std::string> trimmed(const std::vector<std::string>& value) {
  std::vector<std::string> result = value;
  for (std::string& line : result) line = std::string(trim(line));
  return result;
}

bool is_empty(const std::vector<std::string>& value) {
  return std::ranges::all_of(value, [](const std::string& line) { return line.empty(); });
}

std::vector<std::size_t> places(std::size_t from, std::size_t to) {
  std::vector<std::size_t> all(to - from);
  std::iota(all.begin(), all.end(), from);
  return all;
}

std::string_view first_word(std::string_view title) {
  return title.substr(0, title.find(' '));
}

// The items of one line of a list, without those that match; how many did is added to `removed`.
std::string without_items(std::string_view value, const IniDocument::Matches& matches,
                          std::size_t& removed) {
  std::string kept;
  std::string_view rest = value;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::size_t next =
        std::min(rest.find_first_not_of(" \t", std::min(comma + 1, rest.size())), rest.size());
    if (const auto item = trim(rest.substr(0, comma)); !item.empty() && matches(item)) {
      ++removed;
    } else {
      kept += rest.substr(0, next);
    }
    rest.remove_prefix(next);
  }
  // The comma before an item that was the last one.
  if (!value.ends_with(',')) kept.erase(kept.find_last_not_of(", \t") + 1);
  return kept;
}

}  // namespace

IniDocument::IniDocument(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) {
    byte_order_mark_ = kByteOrderMark;
    text.remove_prefix(kByteOrderMark.size());
  }
  while (!text.empty()) lines_.push_back(take_line(text));
  classify_all();
}

std::string IniDocument::text() const {
  std::string text(byte_order_mark_);
  for (const IniTextLine& line : lines_) text += line.text + line.end;
  return text;
}

void IniDocument::classify_all() {
  IniPlace place;
  for (IniTextLine& line : lines_) classify(line, place);
}

std::vector<std::string> IniDocument::titles() const {
  std::vector<std::string> titles;
  for (const IniTextLine& line : lines_) {
    if (line.kind == Kind::section && !line.word.empty()) titles.push_back(line.word);
  }
  return titles;
}

bool IniDocument::has_section(std::string_view title) const {
  return find_section(title).has_value();
}

std::optional<std::uint32_t> IniDocument::line_of(std::string_view title) const {
  const auto section = find_section(title);
  return section ? std::optional(static_cast<std::uint32_t>(*section + 1)) : std::nullopt;
}

std::optional<std::uint32_t> IniDocument::line_of(std::string_view title,
                                                  std::string_view key) const {
  const auto found = find_key(title, key);
  if (found.empty()) return {};
  return static_cast<std::uint32_t>(found.front().first + 1);
}

std::vector<std::string> IniDocument::value(std::string_view title, std::string_view key) const {
  std::vector<std::string> value;
  for (const KeyLines& at : find_key(title, key)) {
    value.emplace_back(value_of(lines_[at.first]));
    for (const std::size_t more : at.more) value.emplace_back(value_of(lines_[more]));
  }
  return value;
}

std::optional<std::size_t> IniDocument::find_section(std::string_view title) const {
  const auto found = std::ranges::find_if(lines_, [title](const IniTextLine& line) {
    return line.kind == Kind::section && line.word == title;
  });
  if (found == lines_.end() || title.empty()) return {};
  return static_cast<std::size_t>(found - lines_.begin());
}

std::size_t IniDocument::next_title(std::size_t title_line) const {
  std::size_t line = title_line + 1;
  while (line < lines_.size() && lines_[line].kind != Kind::section) ++line;
  return line;
}

// The first of the comment lines above its title; the title itself if they are the file's.
std::size_t IniDocument::start_of_section(std::size_t title_line) const {
  std::size_t start = title_line;
  while (start > 0 && lines_[start - 1].is_comment()) --start;
  return start == 0 ? title_line : start;
}

std::size_t IniDocument::end_of_section(std::size_t title_line) const {
  const std::size_t next = next_title(title_line);
  return next == lines_.size() ? next : start_of_section(next);
}

std::vector<IniDocument::KeyLines> IniDocument::find_key(std::string_view title,
                                                         std::string_view key) const {
  std::vector<KeyLines> found;
  const auto section = find_section(title);
  if (!section) return found;
  bool here = false;
  for (std::size_t i = *section + 1; i < next_title(*section); ++i) {
    if (lines_[i].kind == Kind::key) {
      here = lines_[i].word == key;
      if (here) found.push_back({i, {}});
    } else if (here && lines_[i].kind == Kind::continuation) {
      found.back().more.push_back(i);
    }
  }
  return found;
}

std::string IniDocument::new_key_text(std::size_t title_line, std::string_view key,
                                      std::string_view value) const {
  const std::span<const IniTextLine> all(lines_);
  return key_text_like(all.subspan(title_line, next_title(title_line) - title_line), key, value);
}

// The lines below a key's name.
tl::expected<IniDocument::Lines, Problem> IniDocument::continuations(
    const std::vector<std::string>& value, std::size_t near) const {
  const std::string indentation = indentation_near(lines_, near);
  Lines lines;
  for (const std::string& text : std::span(value).subspan(1)) {
    auto line =
        checked_line(Kind::continuation, indentation + text, text, line_end_near(lines_, near));
    if (!line) return tl::unexpected(std::move(line.error()));
    lines.push_back(*std::move(line));
  }
  return lines;
}

IniDocument::Edited IniDocument::set(std::string_view title, std::string_view key,
                                     const std::vector<std::string>& value) {
  const auto section = find_section(title);
  if (!section) return no_section(title);
  std::vector<std::string> wanted = trimmed(value);
  if (is_empty(wanted)) {
    return tl::unexpected(Problem{"has no value", "unset it to get the default"});
  }
  const auto found = find_key(title, key);
  if (found.empty()) return insert_key(*section, key, wanted);
  Edited edited = replace_value(found.front(), *section, key, std::move(wanted));
  if (!edited) return edited;
  for (auto others = find_key(title, key); others.size() > 1; others = find_key(title, key)) {
    std::vector<std::size_t> gone = others.back().more;
    gone.push_back(others.back().first);
    erase(gone);
  }
  return {};
}

IniDocument::Edited IniDocument::insert_key(std::size_t title_line, std::string_view key,
                                            const std::vector<std::string>& value) {
  std::size_t last = title_line;
  for (std::size_t i = title_line; i < next_title(title_line); ++i) {
    if (lines_[i].kind != Kind::nothing) last = i;
  }
  auto first = checked_line(Kind::key, new_key_text(title_line, key, value[0]), value[0],
                            line_end_near(lines_, last));
  if (!first) return tl::unexpected(std::move(first.error()));
  auto lines = continuations(value, last);
  if (!lines) return tl::unexpected(std::move(lines.error()));
  lines->insert(lines->begin(), *std::move(first));
  insert(last + 1, *std::move(lines));
  return {};
}

IniDocument::Edited IniDocument::replace_value(const KeyLines& at, std::size_t title_line,
                                               std::string_view key,
                                               std::vector<std::string> value) {
  const IniTextLine& old = lines_[at.first];
  const bool stands_below = !old.refused && value_of(old).empty() && !at.more.empty();
  if (stands_below && !value[0].empty()) value.insert(value.begin(), std::string());
  const std::string text =
      old.refused ? new_key_text(title_line, key, value[0]) : with_value(old, value[0]);
  auto first = checked_line(Kind::key, text, value[0], old.end);
  if (!first) return tl::unexpected(std::move(first.error()));
  auto wanted = continuations(value, at.last());
  if (!wanted) return tl::unexpected(std::move(wanted.error()));
  if (old.refused || value_of(old) != value[0]) lines_[at.first] = *std::move(first);
  replace_continuations(at, *std::move(wanted));
  return {};
}

// Lines at both ends that say the same as before stay.
void IniDocument::replace_continuations(const KeyLines& at, Lines wanted) {
  std::vector<std::size_t> old = at.more;
  const auto same = [&](std::size_t place, const IniTextLine& line) {
    return !lines_[place].refused && value_of(lines_[place]) == value_of(line);
  };
  while (!old.empty() && !wanted.empty() && same(old.back(), wanted.back())) {
    old.pop_back();
    wanted.pop_back();
  }
  std::size_t above = at.first;
  while (!old.empty() && !wanted.empty() && same(old.front(), wanted.front())) {
    above = old.front();
    old.erase(old.begin());
    wanted.erase(wanted.begin());
  }
  insert((old.empty() ? above : old.back()) + 1, std::move(wanted));
  erase(old);
}

bool IniDocument::unset(std::string_view title, std::string_view key) {
  std::vector<std::size_t> gone;
  for (const KeyLines& at : find_key(title, key)) {
    gone.push_back(at.first);
    gone.insert(gone.end(), at.more.begin(), at.more.end());
  }
  erase(gone);
  return !gone.empty();
}

IniDocument::Edited IniDocument::add_item(std::string_view title, std::string_view key,
                                          std::string_view item) {
  item = trim(item);
  const auto found = find_key(title, key);
  if (found.empty()) return set(title, key, {std::string(item)});
  if (item.empty()) return tl::unexpected(Problem{"has no value", {}});
  const KeyLines& at = found.back();
  const IniTextLine& line = lines_[at.first];
  if (const auto value = value_of(line); at.more.empty() && !value.empty()) {
    const auto longer = fmt::format("{}{}{}", value, value.ends_with(',') ? " " : ", ", item);
    if (auto made = checked_line(Kind::key, with_value(line, longer), longer, line.end)) {
      lines_[at.first] = *std::move(made);
      return {};
    }
  }
  auto below = continuations({{}, std::string(item)}, at.last());
  if (!below) return tl::unexpected(std::move(below.error()));
  insert(at.last() + 1, *std::move(below));
  return {};
}

IniDocument::Removal IniDocument::remove_from_line(std::size_t place, const Matches& matches) {
  IniTextLine& line = lines_[place];
  Removal removal;
  const std::string kept = without_items(value_of(line), matches, removal.items);
  if (removal.items > 0) line.text = with_value(line, kept);
  removal.is_empty = kept.empty();
  return removal;
}

std::size_t IniDocument::remove_items(std::string_view title, std::string_view key,
                                      const Matches& matches) {
  std::size_t removed = 0;
  std::vector<std::size_t> gone;
  for (const KeyLines& at : find_key(title, key)) {
    std::size_t left = 0;
    std::size_t removed_here = 0;
    for (const std::size_t place : at.more) {
      const Removal removal = remove_from_line(place, matches);
      removed_here += removal.items;
      const bool is_gone = removal.items > 0 && removal.is_empty;
      if (is_gone) gone.push_back(place);
      left += is_gone ? 0 : 1;
    }
    const Removal removal = remove_from_line(at.first, matches);
    removed_here += removal.items;
    if (removed_here > 0 && left == 0 && removal.is_empty) gone.push_back(at.first);
    removed += removed_here;
  }
  erase(gone);
  return removed;
}

IniDocument::Edited IniDocument::add_section(std::string_view title) {
  const auto text = fmt::format("[{}]", title);
  auto made = checked_line(Kind::section, text, title, line_end_near(lines_, lines_.size()));
  if (!made) return tl::unexpected(std::move(made.error()));
  if (has_section(title)) return tl::unexpected(Problem{"is there already", {}});
  std::size_t at = lines_.size();
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].kind == Kind::section && first_word(lines_[i].word) == first_word(title)) {
      at = end_of_section(i);
    }
  }
  const bool others_follow = at < lines_.size();
  while (at > 0 && lines_[at - 1].is_blank()) --at;
  const IniTextLine blank{{}, made->end};
  Lines added;
  if (at > 0) added.push_back(blank);
  added.push_back(*std::move(made));
  if (others_follow && !lines_[at].is_blank()) added.push_back(blank);
  insert(at, std::move(added));
  return {};
}

bool IniDocument::remove_section(std::string_view title) {
  const auto section = find_section(title);
  if (!section) return false;
  std::size_t start = start_of_section(*section);
  const std::size_t end = end_of_section(*section);
  const bool is_last = end == lines_.size();
  while (is_last && start > 0 && lines_[start - 1].is_blank()) --start;
  erase(places(start, end));
  return true;
}

void IniDocument::insert(std::size_t at, Lines lines) {
  if (lines.empty()) return;
  // Behind a last line without an end: the new last line has none instead.
  if (at > 0 && lines_[at - 1].end.empty()) std::swap(lines_[at - 1].end, lines.back().end);
  lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(at),
                std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end()));
  classify_all();
}

void IniDocument::erase(const std::vector<std::size_t>& gone) {
  std::vector<bool> is_gone(lines_.size());
  for (const std::size_t place : gone) is_gone[place] = true;
  Lines kept;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (!is_gone[i]) kept.push_back(std::move(lines_[i]));
  }
  lines_ = std::move(kept);
  classify_all();
}

}  // namespace portcullis
