#include <optional>
#include <utility>

#include "config/entry_line.h"

#include "formats/drop_forms.h"
#include "formats/feed_dates.h"
#include "formats/plain_network.h"
#include "formats/text_lines.h"

namespace portcullis {
namespace {

bool is_sbl_number(std::string_view text) {
  return text.starts_with("SBL") && text.size() > 3 &&
         text.find_first_not_of("0123456789", 3) == std::string_view::npos;
}

// What stands behind `label` in a comment.
std::optional<std::string_view> behind(std::string_view comment, std::string_view label) {
  if (!comment.starts_with(label)) return {};
  return trim(comment.substr(label.size()));
}

class DropText {
 public:
  DropText(Reading& reading, std::string_view text)
      : reading_(reading), text_(text), ends_in_line_end_(text.ends_with('\n')) {}

  void read() {
    TextLines lines(text_);
    auto line = lines.next();
    while (line) {
      const auto next = lines.next();
      const bool in_full = next.has_value() || ends_in_line_end_;
      if (!line->text.empty() && reading_.is_readable(line->text, line->number)) {
        read_line(*line, in_full);
      }
      line = next;
    }
    finish();
  }

 private:
  void read_line(const TextLine& line, bool in_full) {
    if (ended_) {
      reading_.refuse(line.number, line.text,
                      {"stands behind the last line of the list, which is \"; EOF\"",
                       "write every list to a file of its own"});
    } else if (line.text.starts_with(';')) {
      read_comment(trim(line.text.substr(1)), line.number);
    } else if (line.text.starts_with('#')) {
      reading_.refuse(line.number, line.text,
                      {"is no comment of a DROP list, where they start with ;",
                       "read FireHOL's copy of the list as netset"});
    } else {
      read_entry(line, in_full);
    }
  }

  void read_entry(const TextLine& line, bool in_full) {
    const std::size_t mark = line.text.find(';');
    const std::string_view network = trim(line.text.substr(0, mark));
    const std::string_view sbl =
        mark == std::string_view::npos ? std::string_view() : trim(line.text.substr(mark + 1));
    if (!in_full) {
      reading_.refuse(line.number, line.text,
                      {"ends the text without a line end: it may have been cut off within a number",
                       "fetch the list again"});
      return;
    }
    if (!is_plain_network(network)) {
      reading_.refuse(line.number, line.text,
                      {"is no network", "a line is like 192.0.2.0/24 ; SBL123456"});
      return;
    }
    ListEntry like;
    like.comment = Reading::comment(sbl);
    like.line = line.number;
    const bool added = reading_.add_text(network, std::move(like));
    if (added && !is_sbl_number(sbl)) {
      reading_.repair(line.number, line.text,
                      {"has no SBL number behind its network", "see that this is a DROP list"});
    }
  }

  void read_comment(std::string_view comment, std::uint32_t line) {
    FeedFacts& feed = reading_.feed();
    if (comment == "EOF") {
      ended_ = true;
    } else if (const auto made = behind(comment, "Last-Modified:")) {
      feed.made_at = date(*made, line);
    } else if (const auto expires = behind(comment, "Expires:")) {
      feed.expires = date(*expires, line);
    } else if (comment.starts_with("Spamhaus ")) {
      read_title(comment);
    } else if (comment.starts_with("http")) {
      feed.source = Reading::comment(comment);
    } else if (comment.starts_with("This list has been merged into")) {
      merged_ = comment;
      merged_line_ = line;
    }
  }

  // "Spamhaus DROP List 2025/02/17 - (c) 2025 The Spamhaus Project SLU".
  void read_title(std::string_view title) {
    const std::size_t dash = title.find(" - ");
    reading_.feed().name = Reading::comment(title.substr(0, dash));
    if (dash != std::string_view::npos) {
      reading_.feed().terms.push_back(Reading::comment(title.substr(dash + 3)));
    }
  }

  std::optional<Time> date(std::string_view text, std::uint32_t line) {
    auto time = parse_http_date(text);
    if (!time) {
      reading_.note(line, text,
                    {"is no date like Mon, 17 Feb 2025 09:00:00 GMT: it is not read", {}});
    }
    return time;
  }

  void finish() {
    reading_.feed().cut_short = !ended_;
    if (!ended_) {
      reading_.repair(0, {}, {"ends without \"; EOF\": it was cut short", "fetch the list again"});
    }
    if (merged_line_ == 0) return;
    reading_.refuse(merged_line_, merged_,
                    {"is all there is to this list: EDROP became a part of DROP on 2024-04-10",
                     "import https://www.spamhaus.org/drop/drop_v4.json instead"});
  }

  Reading& reading_;
  std::string_view text_;
  bool ends_in_line_end_;
  bool ended_ = false;       // "; EOF" was read
  std::string_view merged_;  // what EDROP says of itself
  std::uint32_t merged_line_ = 0;
};

}  // namespace

void read_drop_text(Reading& reading, std::string_view text) {
  DropText(reading, text).read();
}

}  // namespace portcullis
