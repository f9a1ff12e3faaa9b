#include "cli/list/entry_arguments.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "cli/time_argument.h"
#include "config/time_text.h"

namespace portcullis {
namespace {

tl::unexpected<Report> refused(std::string_view what, std::string_view text,
                               const Problem& problem) {
  const std::string repair = problem.repair.empty() ? std::string() : "; " + problem.repair;
  return tl::unexpected(failure(
      ExitCode::bad_data, fmt::format("the {} \"{}\" {}{}", what, text, problem.reason, repair)));
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

}  // namespace

Found<EntryScope> scope_argument(const std::string& text, EntryAge age) {
  const std::string_view trimmed = trim(text);
  auto entry = parse_entry(trimmed);
  if (!entry) return refused("entry", trimmed, entry.error());
  if (entry->warning && age == EntryAge::new_entry)
    return refused("entry", trimmed, *entry->warning);
  return scope_of(*entry);
}

Found<std::vector<EntryScope>> scope_arguments(const std::vector<std::string>& texts,
                                               EntryAge age) {
  std::vector<EntryScope> scopes;
  std::vector<Report> failures;
  for (const std::string& text : texts) {
    auto scope = scope_argument(text, age);
    if (!scope) {
      failures.push_back(std::move(scope.error()));
    } else if (std::ranges::find(scopes, *scope) == scopes.end()) {
      scopes.push_back(*std::move(scope));
    }
  }
  if (failures.empty()) return scopes;
  Report all{ExitCode::bad_data, {}, {}};
  for (const Report& one : failures) all.errors += one.errors;
  return tl::unexpected(std::move(all));
}

Found<std::string> comment_argument(const std::string& text) {
  const std::string_view comment = trim(text);
  if (std::ranges::any_of(comment, is_control)) {
    return refused("comment", comment, {"holds a control character", "write one line of text"});
  }
  return std::string(comment);
}

Found<std::optional<Time>> expiry_argument(const std::optional<std::string>& expires,
                                           const std::optional<std::string>& duration, Time now) {
  if (duration) {
    const auto seconds = duration_asked_for(*duration);
    if (!seconds) return tl::unexpected(seconds.error());
    return std::optional<Time>(now + *seconds);
  }
  if (!expires) return std::optional<Time>();
  const auto time = parse_time(*expires);
  if (!time) {
    return refused("time", *expires, {time.error().reason, "write it like 2027-01-31T00:00:00Z"});
  }
  if (*time <= now) {
    return refused("time", *expires, {"is over", "give one to come, or --for and a duration"});
  }
  return std::optional<Time>(*time);
}

Time time_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace portcullis
