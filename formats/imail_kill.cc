#include "formats/imail_kill.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "formats/address_entry.h"
#include "formats/one_action.h"
#include "formats/reading.h"
#include "formats/sender_text.h"
#include "formats/text_lines.h"
#include "formats/unique_lines.h"
#include "formats/writing.h"

namespace portcullis {
namespace {

// "#me@example.com" is a comment, or a user whose name starts so.
bool is_ambiguous(std::string_view line) {
  return line.starts_with('#') && line.find('@') != std::string_view::npos &&
         line.find_first_of(" \t") == std::string_view::npos;
}

void note_suffix(Reading& reading, std::uint32_t line, std::string_view text) {
  if (!text.starts_with("@*") || text.starts_with("@*.")) return;
  const std::string_view suffix = text.substr(2);
  reading.note(
      line, text,
      {fmt::format("is every domain whose name ends so, as IMail reads it: other{} too", suffix),
       fmt::format("write @{} and @*.{} for the domain and all below it", suffix, suffix)});
}

void read_line(Reading& reading, const TextLine& line) {
  if (is_ambiguous(line.text)) {
    reading.refuse(line.number, line.text,
                   {"is a comment, or a sender that starts with a #",
                    "put a blank behind the # of a comment"});
    return;
  }
  const CommentSplit split = split_comment(line.text, "#");
  if (split.content.empty()) return;
  const auto word = only_word(reading, split.content, line.number);
  if (!word) return;
  auto sender = parse_sender(*word);
  if (!sender) {
    reading.refuse(line.number, *word, std::move(sender.error()));
    return;
  }
  note_suffix(reading, line.number, *word);
  ListEntry entry;
  entry.listed = *std::move(sender);
  entry.comment = Reading::comment(split.comment);
  entry.line = line.number;
  reading.add(std::move(entry));
}

}  // namespace

ListReading read_imail_kill(std::string_view text, const ReadOptions& options) {
  Reading reading(options);
  TextLines lines(text);
  while (const auto line = lines.next()) {
    if (reading.is_readable(line->text, line->number)) read_line(reading, *line);
  }
  return reading.take();
}

ListWriting write_imail_kill(std::span<const ListEntry> entries, const WriteOptions& options) {
  Writing writing("an IMail kill file", options);
  UniqueLines lines(writing.text());
  for (const ListEntry* entry : entries_of_one_action(entries, writing)) {
    if (!std::holds_alternative<ListedSender>(entry->listed)) {
      writing.lose(*entry, "is left out: an IMail kill file holds senders, and this is a client");
      continue;
    }
    std::string line = to_string(entry->listed);
    if (line.starts_with('#')) {
      writing.lose(*entry, "is left out: its line would be read as a comment");
      continue;
    }
    if (!writing.holds_for_good(*entry)) continue;
    writing.lose_comment(*entry);
    lines.add(std::move(line));
  }
  return writing.take();
}

}  // namespace portcullis
