#include "formats/trend.h"

#include <fmt/format.h>

#include "formats/address_entry.h"
#include "formats/one_action.h"
#include "formats/reading.h"
#include "formats/tally.h"
#include "formats/text_lines.h"
#include "formats/unique_lines.h"
#include "formats/writing.h"

namespace portcullis {
namespace {

constexpr std::string_view kFormat = "a Trend Micro list";
// Senders of DDEI; IMSVA and IMSS name no limit.
constexpr std::size_t kMostOfDdei = 2048;

class TrendReader {
 public:
  explicit TrendReader(const ReadOptions& options) : reading_(options) {}

  ListReading read(std::string_view text) {
    TextLines lines(text);
    while (const auto line = lines.next()) {
      if (reading_.is_readable(line->text, line->number)) read_line(*line);
    }
    if (!slashes_.empty()) {
      reading_.note(slashes_.line(), slashes_.text(),
                    {fmt::format("is not as Trend Micro writes IPv4 networks, but is read{}",
                                 slashes_.and_more()),
                     "their own form is 192.0.2.0:255.255.255.0"});
    }
    return reading_.take();
  }

 private:
  void read_line(const TextLine& line) {
    const CommentSplit split = split_comment(line.text, "#");
    if (split.content.empty()) return;
    const auto word = only_word(reading_, split.content, line.number);
    if (!word) return;
    if (auto problem = not_an_address_of(kFormat, *word, {.colon_masks = true})) {
      reading_.refuse(line.number, *word, *std::move(problem));
      return;
    }
    ListEntry like;
    like.comment = Reading::comment(split.comment);
    like.line = line.number;
    if (!reading_.add_text(*word, std::move(like))) return;
    const bool slash = word->find('/') != std::string_view::npos;
    if (slash && word->find(':') == std::string_view::npos) slashes_.add(line.number, *word);
  }

  Reading reading_;
  Tally slashes_;
};

std::string trend_text(const IpPrefix& network) {
  if (network.family() == AddressFamily::ipv6 || network.is_host()) return network.to_string();
  const auto mask = IpAddress::from_bits(prefix_mask(network.length()), AddressFamily::ipv4);
  return fmt::format("{}:{}", network.first().to_string(), mask.to_string());
}

}  // namespace

ListReading read_trend(std::string_view text, const ReadOptions& options) {
  return TrendReader(options).read(text);
}

ListWriting write_trend(std::span<const ListEntry> entries, const WriteOptions& options) {
  Writing writing(kFormat, options);
  UniqueLines lines(writing.text());
  for (const ListEntry* entry : entries_of_one_action(entries, writing)) {
    if (!writing.names_addresses(*entry) || !writing.holds_for_good(*entry)) continue;
    writing.lose_comment(*entry);
    for (const IpPrefix& network : networks_of(entry->listed)) lines.add(trend_text(network));
  }
  if (lines.size() > kMostOfDdei) {
    writing.warn(fmt::format("holds {} entries: Deep Discovery Email Inspector takes {} at most",
                             lines.size(), kMostOfDdei),
                 "there, join neighbouring networks or split the list");
  }
  return writing.take();
}

}  // namespace portcullis
