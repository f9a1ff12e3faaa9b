#include "formats/rspamd.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "formats/deciding_networks.h"
#include "formats/letters.h"
#include "formats/networks_only.h"
#include "formats/raw_lines.h"
#include "formats/reading.h"
#include "formats/text_lines.h"
#include "formats/writing.h"

namespace portcullis {
namespace {

// "5", "-0.5".
bool is_score(std::string_view value) {
  if (value.starts_with('-') || value.starts_with('+')) value.remove_prefix(1);
  const std::size_t dot = value.find('.');
  return all_digits(value.substr(0, dot)) &&
         (dot == std::string_view::npos || all_digits(value.substr(dot + 1)));
}

// True if `written` is something that rspamd takes for a network; otherwise it is refused.
bool is_network(Reading& reading, std::uint32_t line, std::string_view written,
                const std::string& bare) {
  const auto entry = parse_entry(bare);
  if (!entry || std::holds_alternative<IpPrefix>(entry->names)) return true;  // or add_text() tells
  const bool name = std::holds_alternative<HostName>(entry->names);
  reading.refuse(line, written,
                 {name ? "is a host name, and an ip map of rspamd holds addresses"
                       : "is a range, and an ip map of rspamd holds addresses and networks",
                  networks_repair(*entry)});
  return false;
}

// Any text fits behind an address, the masks, ranges and actions of other formats too: it is never
// taken for a comment in silence. False if the line is refused.
bool takes_for_comment(Reading& reading, std::uint32_t line, std::string_view written,
                       std::string_view value) {
  Problem problem{fmt::format("has \"{}\" behind it, which is no score: read as a comment", value),
                  "write comments behind #, or name the format that this is of"};
  if (reading.options().strict) {
    reading.refuse(line, written, std::move(problem));
    return false;
  }
  reading.repair(line, written, std::move(problem));
  return true;
}

void read_line(Reading& reading, const RawLine& line) {
  const CommentSplit split = split_comment(strip(line.text), "#");
  if (split.content.empty()) return;
  std::string_view value = split.content;
  const std::string_view written = take_field(value);
  const std::string bare = without_brackets(written);
  if (!is_network(reading, line.number, written, bare)) return;
  ListEntry like;
  like.comment = Reading::comment(line.comment_above);
  if (!value.empty() && !is_score(value)) {
    if (!takes_for_comment(reading, line.number, written, value)) return;
    like.comment = Reading::comment(value);
  }
  if (!split.comment.empty()) like.comment = Reading::comment(split.comment);
  like.line = line.number;
  if (!reading.add_text(bare, std::move(like)) || !is_score(value)) return;
  reading.note(line.number, written,
               {fmt::format("has the value {}, for which a class has no place", value), {}});
}

std::string in_map_form(const IpPrefix& network) {
  if (network.family() == AddressFamily::ipv4) return network.to_string();
  return fmt::format("[{}]/{}", network.first().to_string(), network.length());
}

}  // namespace

ListReading read_rspamd(std::string_view text, const ReadOptions& options) {
  Reading reading(options);
  RawLines lines(text.substr(text.starts_with("\xef\xbb\xbf") ? 3 : 0));
  while (const auto line = lines.next()) {
    if (reading.is_readable(line->text, line->number)) read_line(reading, *line);
  }
  return reading.take();
}

ListWriting write_rspamd(std::span<const ListEntry> entries, const WriteOptions& options) {
  Writing writing("an ip map of rspamd", options);
  for (const ListEntry& each : entries) writing.names_addresses(each);
  const auto networks = deciding_networks(
      entries, writing, [&](const ListEntry& entry, const IpPrefix&) -> std::string {
        if (same_side(writing.action_of(entry), options.action)) return {};
        return "an ip map of rspamd has no actions, and this is not that of the list";
      });
  const ListEntry* entry = nullptr;
  for (const DecidingNetwork& network : networks) {
    // A range stands on several lines; what there is to say about it, once.
    if (network.entry != entry && !network.entry->comment.empty()) {
      writing.text() += "# " + network.entry->comment + '\n';
    }
    entry = network.entry;
    writing.text() += in_map_form(network.network) + '\n';
  }
  return writing.take();
}

}  // namespace portcullis
