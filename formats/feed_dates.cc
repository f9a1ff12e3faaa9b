#include "formats/feed_dates.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/entry_line.h"
#include "config/time_text.h"

#include "formats/text_lines.h"

namespace portcullis {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::uint64_t kEndOfYear9999 = 253402300799;  // 9999-12-31T23:59:59Z

struct DateWords {
  std::string_view weekday;
  std::string_view day;
  std::string_view month;
  std::string_view year;
  std::string_view time;
  std::string_view zone;
};

std::optional<Time> make_time(const DateWords& words) {
  const auto month = std::ranges::find(kMonths, words.month);
  if (month == kMonths.end() || std::ranges::find(kDays, words.weekday) == kDays.end()) return {};
  if (words.zone != "GMT" && words.zone != "UTC") return {};
  const auto time = parse_time(fmt::format("{}-{:02}-{:0>2}T{}Z", words.year,
                                           month - kMonths.begin() + 1, words.day, words.time));
  if (!time) return {};
  return *time;
}

}  // namespace

std::optional<Time> parse_http_date(std::string_view text) {
  DateWords words;
  words.weekday = take_word(text);
  if (!words.weekday.ends_with(',')) return {};
  words.weekday.remove_suffix(1);
  words.day = take_word(text);
  words.month = take_word(text);
  words.year = take_word(text);
  words.time = take_word(text);
  words.zone = take_word(text);
  return text.empty() ? make_time(words) : std::nullopt;
}

std::optional<Time> parse_unix_date(std::string_view text) {
  DateWords words;
  words.weekday = take_word(text);
  words.month = take_word(text);
  words.day = take_word(text);
  words.time = take_word(text);
  words.zone = take_word(text);
  words.year = take_word(text);
  return text.empty() ? make_time(words) : std::nullopt;
}

std::optional<Time> time_from_seconds(std::uint64_t seconds) {
  if (seconds > kEndOfYear9999) return {};
  return Time(std::chrono::seconds(seconds));
}

}  // namespace portcullis
