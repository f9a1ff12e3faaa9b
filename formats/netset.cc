#include "formats/netset.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "config/entry_line.h"

#include "formats/feed_dates.h"
#include "formats/plain_network.h"
#include "formats/reading.h"
#include "formats/text_lines.h"

namespace portcullis {
namespace {

// What the level lists hold besides attackers (RFC 6890), "by definition".
const std::array<IpPrefix, 8> kNotPublic = {
    IpPrefix(IpAddress::from_ipv4(0x00000000), 8),  IpPrefix(IpAddress::from_ipv4(0x0a000000), 8),
    IpPrefix(IpAddress::from_ipv4(0x64400000), 10), IpPrefix(IpAddress::from_ipv4(0x7f000000), 8),
    IpPrefix(IpAddress::from_ipv4(0xa9fe0000), 16), IpPrefix(IpAddress::from_ipv4(0xac100000), 12),
    IpPrefix(IpAddress::from_ipv4(0xc0a80000), 16), IpPrefix(IpAddress::from_ipv4(0xe0000000), 3)};

class Netset {
 public:
  explicit Netset(Reading& reading) : reading_(reading) {}

  void read(std::string_view text) {
    TextLines lines(text);
    while (const auto line = lines.next()) {
      if (line->text.empty() || !reading_.is_readable(line->text, line->number)) continue;
      if (line->text.starts_with('#')) {
        read_header(trim(line->text.substr(1)), line->number);
      } else {
        read_entry(*line);
      }
    }
    reading_.feed().made_at = source_date_ ? source_date_ : file_date_;
  }

 private:
  // "Entries         : 5 subnets, 1280 unique IPs", and the name on a line of its own.
  void read_header(std::string_view comment, std::uint32_t line) {
    FeedFacts& feed = reading_.feed();
    const std::size_t colon = comment.find(':');
    const std::string_view key = trim(comment.substr(0, colon));
    const std::string_view value =
        colon == std::string_view::npos ? std::string_view() : trim(comment.substr(colon + 1));
    if (key == "Entries") {
      read_count(value, line);
    } else if (key == "Source File Date") {
      source_date_ = date(value, line);
    } else if (key == "This File Date") {
      file_date_ = date(value, line);
    } else if (key == "List source URL" || key == "Source URL") {
      feed.source = Reading::comment(value);
    } else if (comment == "ipv4 hash:ip ipset") {
      of_hosts_ = true;
    } else if (feed.name.empty() && !comment.empty() &&
               comment.find_first_of(" \t:") == std::string_view::npos) {
      feed.name = Reading::comment(comment);
    }
  }

  void read_count(std::string_view value, std::uint32_t line) {
    std::size_t count = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), count);
    const std::string_view unit(parsed.ptr, value.data() + value.size());
    if (parsed.ec == std::errc() && (unit.empty() || unit.starts_with(' '))) {
      reading_.feed().declared_entries = count;
    } else {
      reading_.note(line, value,
                    {"is no number of entries: whether the list is whole is not known", {}});
    }
  }

  std::optional<Time> date(std::string_view text, std::uint32_t line) {
    auto time = parse_unix_date(text);
    if (!time) {
      reading_.note(line, text,
                    {"is no date like Mon Feb 17 09:00:00 UTC 2025: the age of the list is not "
                     "known",
                     {}});
    }
    return time;
  }

  void read_entry(const TextLine& line) {
    if (!is_plain_network(line.text)) {
      reading_.refuse(line.number, line.text,
                      {"is no address or network, or not that alone, as every line of a netset is",
                       "read it as native, if it is a list with something else in it"});
      return;
    }
    if (line.text.find(':') != std::string_view::npos) {
      reading_.refuse(line.number, line.text,
                      {"is IPv6; FireHOL's lists hold IPv4 alone",
                       "read it as native, if it is a list of both"});
      return;
    }
    ListEntry like;
    like.line = line.number;
    if (!reading_.add_text(line.text, std::move(like))) return;
    note_surprises(line);
  }

  void note_surprises(const TextLine& line) {
    const auto network = std::get<IpPrefix>(reading_.last().listed);
    if (of_hosts_ && !network.is_host()) {
      reading_.note(line.number, line.text,
                    {"is a network in a list that says it holds single addresses", {}});
    }
    const bool not_public = std::ranges::any_of(kNotPublic, [&](const IpPrefix& reserved) {
      return reserved.covers(network) || network.covers(reserved);
    });
    if (!not_public) return;
    reading_.note(line.number, line.text,
                  {"is or holds a network that is not of the public Internet, as FireHOL's level "
                   "lists do by definition",
                   "take your own networks out of it: except"});
  }

  Reading& reading_;
  bool of_hosts_ = false;  // the header says that there are no networks
  std::optional<Time> source_date_;
  std::optional<Time> file_date_;
};

}  // namespace

ListReading read_netset(std::string_view text, const ReadOptions& options) {
  Reading reading(options);
  Netset(reading).read(text);
  return reading.take();
}

}  // namespace portcullis
