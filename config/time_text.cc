#include "config/time_text.h"

#include <algorithm>
#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace portcullis {
namespace {

constexpr std::string_view kTimePattern = "dddd-dd-ddTdd:dd:ddZ";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

bool matches_time_pattern(std::string_view text) {
  return std::ranges::equal(text, kTimePattern, [](char c, char pattern) {
    return pattern == 'd' ? is_digit(c) : c == pattern;
  });
}

}  // namespace

tl::expected<Time, Problem> parse_time(std::string_view text) {
  using namespace std::chrono;
  if (!matches_time_pattern(text)) {
    return tl::unexpected(Problem{"is not a time in UTC, to the second",
                                  "write it like expires=2027-01-31T00:00:00Z"});
  }
  const year_month_day date(year(number(text.substr(0, 4))),
                            month(static_cast<unsigned>(number(text.substr(5, 2)))),
                            day(static_cast<unsigned>(number(text.substr(8, 2)))));
  const int h = number(text.substr(11, 2));
  const int m = number(text.substr(14, 2));
  const int s = number(text.substr(17, 2));
  if (!date.ok() || h > 23 || m > 59 || s > 59) {
    return tl::unexpected(Problem{"is a time that does not exist", {}});
  }
  return sys_days(date) + hours(h) + minutes(m) + seconds(s);
}

std::string time_text(Time time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time.time_since_epoch().count()));
}

}  // namespace portcullis
