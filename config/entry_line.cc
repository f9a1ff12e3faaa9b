#include "config/entry_line.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "config/time_text.h"

namespace portcullis {
namespace {

constexpr std::string_view kBlanks = " \t";

// Takes the word before the first blank off `rest`.
std::string_view take_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find_first_of(kBlanks), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest = trim(rest.substr(end));
  return word;
}

// Sets the field `word` says; a word without '=' may be anything that people put behind an entry.
tl::expected<void, Problem> set_field(EntryLine& entry, std::string_view word,
                                      std::string_view next) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) {
    if (word.starts_with('-')) {
      return tl::unexpected(Problem{"stands after an entry",
                                    fmt::format("write a range without blanks: {}-{}", entry.text,
                                                word.size() > 1 ? word.substr(1) : next)});
    }
    return tl::unexpected(Problem{fmt::format("stands after the entry \"{}\"", entry.text),
                                  "write one entry on a line, and a # or ; before a comment"});
  }
  if (word.substr(0, equals) != "expires") {
    return tl::unexpected(
        Problem{"is not a field of an entry", "known here: expires=2027-01-31T00:00:00Z"});
  }
  if (entry.expires) return tl::unexpected(Problem{"is given twice", "remove one of the two"});
  const auto time = parse_time(word.substr(equals + 1));
  if (!time) return tl::unexpected(time.error());
  entry.expires = *time;
  return {};
}

}  // namespace

std::string_view trim(std::string_view text) {
  const std::size_t start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

tl::expected<EntryLine, PartProblem> parse_entry_line(std::string_view line) {
  std::string_view rest = trim(line);
  EntryLine result;
  result.text = take_word(rest);
  if (result.text.find('=') != std::string_view::npos) {
    return tl::unexpected(PartProblem{
        result.text, {"stands where an entry was expected", "write the entry before its fields"}});
  }

  auto entry = parse_entry(result.text);
  if (!entry) return tl::unexpected(PartProblem{result.text, std::move(entry.error())});
  result.entry = *std::move(entry);
  while (!rest.empty()) {
    const std::string_view word = take_word(rest);
    if (auto set = set_field(result, word, rest.substr(0, rest.find_first_of(kBlanks))); !set) {
      return tl::unexpected(PartProblem{word, std::move(set.error())});
    }
  }
  return result;
}

}  // namespace portcullis
