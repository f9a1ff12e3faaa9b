#include "config/value_text.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/entry_line.h"
#include "config/suggestion.h"

namespace portcullis {
namespace {

using Failure = tl::unexpected<Problem>;

Failure failure(std::string reason, std::string repair = {}) {
  return Failure({std::move(reason), std::move(repair)});
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::optional<std::uint64_t> decimal(std::string_view digits) {
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value);
  if (digits.empty() || parsed.ec != std::errc() || parsed.ptr != end) return {};
  return value;
}

std::string limits_of(const Option& option) {
  return fmt::format("a number from {} to {}", option.minimum, option.maximum);
}

// "1,000" and "1_000" without what is between the digits; empty if there is more to it.
std::string bare_digits(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits),
                       [](char c) { return c != ',' && c != '_' && c != '\''; });
  const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size());
  digits.erase(0, first);
  return all_digits(digits) ? digits : std::string();
}

// Seconds in the unit that starts with this letter, whatever it is spelled: s, sec, seconds.
std::uint64_t seconds_in(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    default:
      return 0;
  }
}

std::string duration_repair(std::string_view digits, std::string_view unit) {
  constexpr std::string_view kExample = "write a number and a unit: 30s, 5m, 1h or 2d";
  if (!decimal(digits)) return std::string(kExample);
  if (unit.empty())
    return fmt::format("write {}s, {}m, {}h or {}d", digits, digits, digits, digits);
  if (seconds_in(unit.front()) == 0) return std::string(kExample);
  return unit.find_first_of("0123456789") == std::string_view::npos
             ? fmt::format("write {}{}", digits, unit.front())
             : std::string(kExample);
}

}  // namespace

Parsed<std::string> parse_word(std::string_view text, const Option&) {
  const bool one_word = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
  if (!one_word || text.empty()) return failure("is not a single word", "write one name");
  return std::string(text);
}

Parsed<bool> parse_boolean(std::string_view text, const Option&) {
  if (text == "yes") return true;
  if (text == "no") return false;
  for (const std::string_view word : {"true", "on", "1", "Yes", "YES"}) {
    if (text == word) return failure("is neither yes nor no", "write yes");
  }
  return failure("is neither yes nor no", "write yes or no");
}

Parsed<std::uint32_t> parse_number(std::string_view text, const Option& option) {
  if (!all_digits(text) || (text.size() > 1 && text.front() == '0')) {
    const std::string digits = bare_digits(text);
    return failure(fmt::format("is not {}", limits_of(option)),
                   digits.empty() ? std::string() : fmt::format("write {}", digits));
  }
  const std::uint64_t value = decimal(text).value_or(std::numeric_limits<std::uint64_t>::max());
  if (value < option.minimum || value > option.maximum) {
    return failure(fmt::format("is not {}", limits_of(option)));
  }
  return static_cast<std::uint32_t>(value);
}

Parsed<std::optional<std::uint32_t>> parse_limit(std::string_view text, const Option& option) {
  if (text == "unlimited") return std::optional<std::uint32_t>();
  if (text == "0") {
    return failure("is no limit: some programs read it as everyone, others as nobody",
                   "write unlimited to let everyone in, or use deny to let nobody in");
  }
  for (const std::string_view word : {"none", "no", "off", "infinite", "infinity", "-1"}) {
    if (text == word) return failure("is not a number or unlimited", "write unlimited");
  }
  const auto value = parse_number(text, option);
  if (value) return std::optional(*value);
  if (closest(text, std::array<std::string_view, 1>{"unlimited"}).empty() || all_digits(text)) {
    return failure(value.error().reason + " or unlimited", value.error().repair);
  }
  return failure("is not a number or unlimited", "did you mean unlimited?");
}

Parsed<std::optional<std::uint16_t>> parse_port_or_off(std::string_view text,
                                                       const Option& option) {
  if (text == "off") return std::optional<std::uint16_t>();
  const auto value = parse_number(text, option);
  if (!value) {
    return failure(value.error().reason + " or off", text == "no" || text == "none" || text == "0"
                                                         ? "write off"
                                                         : value.error().repair);
  }
  return std::optional(static_cast<std::uint16_t>(*value));
}

Parsed<std::chrono::seconds> parse_duration(std::string_view text, const Option& option) {
  const auto unit_start = std::ranges::find_if_not(text, is_digit);
  const std::string_view digits(text.begin(), unit_start);
  const std::string_view unit = trim({unit_start, text.end()});
  const auto value = decimal(digits);
  const std::uint64_t factor = unit.size() == 1 ? seconds_in(unit.front()) : 0;
  if (!value || factor == 0 || digits.size() + unit.size() != text.size()) {
    return failure("is not a duration", duration_repair(digits, unit));
  }
  if (*value > option.maximum / factor || *value * factor < option.minimum) {
    return failure(
        fmt::format("is not a duration from {}s to {}s", option.minimum, option.maximum));
  }
  return std::chrono::seconds(static_cast<std::int64_t>(*value * factor));
}

Parsed<unsigned> parse_mode(std::string_view text, const Option& option) {
  unsigned value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, 8);
  if (parsed.ec != std::errc() || parsed.ptr != end || text.size() < 3 || text.size() > 4 ||
      value > option.maximum) {
    return failure("is not an octal mode from 0000 to 0777", "write it like 0660");
  }
  return value;
}

Parsed<std::size_t> parse_choice(std::string_view text, const Option& option) {
  const std::vector<std::string_view> words = split_words(option);
  const auto found = std::ranges::find(words, text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const std::string_view guess = closest(text, words);
  return failure(fmt::format("is not one of {}", fmt::join(words, ", ")),
                 guess.empty() ? std::string() : fmt::format("did you mean {}?", guess));
}

Parsed<SmtpReply> parse_reply(std::string_view text, const Option&) {
  auto reply = SmtpReply::parse(text);
  if (reply) return *std::move(reply);
  std::string repair = "write it like 554 5.7.1 Access denied";
  if (reply.error() == SmtpReplyError::class_mismatch) {
    repair = fmt::format("let the enhanced code start with {} too", text.front());
  } else if (text.starts_with('"')) {
    repair = "write it without quotes, like 554 5.7.1 Access denied";
  } else if (reply.error() == SmtpReplyError::too_long) {
    repair = "shorten it";
  }
  return failure(std::string(describe(reply.error())), std::move(repair));
}

bool is_section_name(std::string_view text) {
  constexpr std::size_t kMaxName = 32;
  return !text.empty() && text.size() <= kMaxName && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
           c == '.' || c == '-';
  });
}

}  // namespace portcullis
