#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "formats/drop_forms.h"
#include "formats/feed_dates.h"
#include "formats/json_text.h"
#include "formats/plain_network.h"
#include "formats/text_lines.h"

namespace portcullis {
namespace {

using nlohmann::json;

// Beyond its timestamp, by the recipe that makes the "Expires" of the text form.
constexpr std::chrono::seconds kLifetime{93600};

std::optional<std::uint64_t> number(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return {};
  return found->get<std::uint64_t>();
}

class DropJson {
 public:
  explicit DropJson(Reading& reading) : reading_(reading) {}

  void read(std::string_view text) {
    TextLines lines(text);
    while (const auto line = lines.next()) {
      if (line->text.empty() || !reading_.is_readable(line->text, line->number)) continue;
      read_line(*line);
      if (hopeless_) return;
    }
    reading_.feed().cut_short = !ended_;
    if (!ended_) {
      reading_.repair(0, {},
                      {"ends without its line of metadata: it was cut short", "fetch it again"});
    }
  }

 private:
  void read_line(const TextLine& line) {
    if (ended_) {
      refuse(line, {"stands behind the last line of the list, which is its metadata",
                    "write every list to a file of its own"});
      return;
    }
    auto parsed = parse_json(line.text);
    if (!parsed) {
      refuse(line, std::move(parsed.error()));
    } else if (!parsed->is_object()) {
      refuse(line, {"is no JSON object", "a line is like {\"cidr\":\"192.0.2.0/24\"}"});
    } else if (parsed->contains("type")) {
      read_metadata(*parsed, line);
    } else if (parsed->contains("asn") && !parsed->contains("cidr")) {
      hopeless_ = true;
      refuse(line, {"names an autonomous system: ASN-DROP holds no addresses, and from here on "
                    "nothing is read",
                    "import https://www.spamhaus.org/drop/drop_v4.json for networks"});
    } else {
      read_entry(*parsed, line);
    }
  }

  void read_entry(const json& object, const TextLine& line) {
    const std::string network = json_string(object, "cidr");
    if (network.empty()) {
      refuse(line, {"has no network: no string \"cidr\"", {}});
      return;
    }
    if (!is_plain_network(network)) {
      refuse(line, {fmt::format("has a \"cidr\" that is no network: {}", network), {}});
      return;
    }
    ListEntry like;
    like.comment = Reading::comment(json_string(object, "sblid"));
    like.line = line.number;
    reading_.add_text(network, std::move(like));
  }

  void read_metadata(const json& object, const TextLine& line) {
    if (json_string(object, "type") != "metadata") {
      refuse(line, {"is of a type that is not known here", "known: metadata"});
      return;
    }
    ended_ = true;
    FeedFacts& feed = reading_.feed();
    feed.declared_entries = number(object, "records");
    if (const auto seconds = number(object, "timestamp"))
      feed.made_at = time_from_seconds(*seconds);
    if (feed.made_at) feed.expires = *feed.made_at + kLifetime;
    for (const char* key : {"copyright", "terms"}) {
      const std::string terms = Reading::comment(json_string(object, key));
      if (!terms.empty()) feed.terms.push_back(terms);
    }
    if (!feed.declared_entries) note(line, "declares no number of records: it cannot be checked");
    if (!feed.made_at) note(line, "has no usable timestamp: the age of the list is not known");
  }

  void refuse(const TextLine& line, Problem problem) {
    reading_.refuse(line.number, line.text, std::move(problem));
  }
  void note(const TextLine& line, std::string reason) {
    reading_.note(line.number, line.text, {std::move(reason), {}});
  }

  Reading& reading_;
  bool ended_ = false;     // the metadata was read
  bool hopeless_ = false;  // it is another kind of list
};

}  // namespace

void read_drop_json(Reading& reading, std::string_view text) {
  DropJson(reading).read(text);
}

}  // namespace portcullis
