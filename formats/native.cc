#include "formats/native.h"

#include <utility>

#include <fmt/format.h>

#include "config/entry_line.h"
#include "config/time_text.h"

#include "formats/one_action.h"
#include "formats/reading.h"
#include "formats/text_lines.h"
#include "formats/writing.h"

namespace portcullis {
namespace {

void read_line(Reading& reading, const TextLine& line) {
  const CommentSplit split = split_comment(line.text, "#;");
  if (split.content.empty()) return;
  auto parsed = parse_entry_line(split.content);
  if (!parsed) {
    reading.refuse(line.number, parsed.error().culprit, std::move(parsed.error().problem));
    return;
  }
  ListEntry like;
  like.expires = parsed->expires;
  like.comment = Reading::comment(split.comment);
  like.line = line.number;
  reading.add_text(parsed->text, std::move(like));
}

}  // namespace

ListReading read_native(std::string_view text, const ReadOptions& options) {
  Reading reading(options);
  TextLines lines(text);
  while (const auto line = lines.next()) {
    if (reading.is_readable(line->text, line->number)) read_line(reading, *line);
  }
  return reading.take();
}

ListWriting write_native(std::span<const ListEntry> entries, const WriteOptions& options) {
  Writing writing("a list of portcullis", options);
  for (const ListEntry* entry : entries_of_one_action(entries, writing)) {
    if (std::holds_alternative<ListedSender>(entry->listed)) {
      writing.lose(*entry, "is left out: a class holds clients, and this is a mail address");
      continue;
    }
    std::string line = to_string(entry->listed);
    if (entry->expires) line += " expires=" + time_text(*entry->expires);
    const std::string comment = entry->comment.empty() ? "" : " # " + entry->comment;
    if (line.size() + comment.size() > Reading::kMaxLine) {
      writing.lose(*entry, "is written without its comment, which makes the line too long");
    } else {
      line += comment;
    }
    writing.text() += line + '\n';
  }
  return writing.take();
}

}  // namespace portcullis
