#include "formats/imail.h"

#include <utility>

#include <fmt/format.h>

#include "formats/address_entry.h"
#include "formats/one_action.h"
#include "formats/reading.h"
#include "formats/text_lines.h"
#include "formats/unique_lines.h"
#include "formats/writing.h"

namespace portcullis {
namespace {

constexpr std::string_view kFormat = "an IMail access list";

bool looks_like_mask(std::string_view word) {
  return word.find('.') != std::string_view::npos &&
         word.find_first_not_of("0123456789.") == std::string_view::npos;
}

void read_line(Reading& reading, const TextLine& line) {
  const CommentSplit split = split_comment(line.text, "#");
  if (split.content.empty()) return;
  ListEntry like;
  like.comment = Reading::comment(split.comment);
  like.line = line.number;

  std::string_view rest = split.content;
  const std::string_view address = take_word(rest);
  if (looks_like_mask(rest) && IpAddress::parse(address)) {
    reading.add_text(fmt::format("{}/{}", address, rest), std::move(like), split.content);
    return;
  }
  const auto word = only_word(reading, split.content, line.number);
  if (!word) return;
  if (auto problem = not_an_address_of(kFormat, *word, {.ranges = true})) {
    reading.refuse(line.number, *word, *std::move(problem));
    return;
  }
  reading.add_text(*word, std::move(like));
}

// Empty for what IMail cannot hold.
std::string imail_text(const Listed& listed) {
  if (const auto* range = std::get_if<AddressRange>(&listed)) {
    return range->first.is_ipv4() ? to_string(listed) : std::string();
  }
  const auto& network = std::get<IpPrefix>(listed);
  if (network.family() == AddressFamily::ipv6) return {};
  if (network.is_host()) return network.to_string();
  const auto mask = IpAddress::from_bits(prefix_mask(network.length()), AddressFamily::ipv4);
  return fmt::format("{} {}", network.first().to_string(), mask.to_string());
}

}  // namespace

ListReading read_imail(std::string_view text, const ReadOptions& options) {
  Reading reading(options);
  TextLines lines(text);
  while (const auto line = lines.next()) {
    if (reading.is_readable(line->text, line->number)) read_line(reading, *line);
  }
  return reading.take();
}

ListWriting write_imail(std::span<const ListEntry> entries, const WriteOptions& options) {
  Writing writing(kFormat, options);
  UniqueLines lines(writing.text());
  for (const ListEntry* entry : entries_of_one_action(entries, writing)) {
    if (!writing.names_addresses(*entry)) continue;
    std::string line = imail_text(entry->listed);
    if (line.empty()) {
      writing.lose(*entry, fmt::format("is left out: {} holds IPv4 alone", kFormat));
      continue;
    }
    if (!writing.holds_for_good(*entry)) continue;
    writing.lose_comment(*entry);
    lines.add(std::move(line));
  }
  return writing.take();
}

}  // namespace portcullis
