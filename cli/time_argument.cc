#include "cli/time_argument.h"

#include <chrono>

#include <fmt/format.h>

#include "config/entry_line.h"
#include "config/time_text.h"
#include "config/value_text.h"

namespace portcullis {

Found<Time> time_asked_for(const std::optional<std::string>& text) {
  if (!text) return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto time = parse_time(*text);
  if (time) return *time;
  return tl::unexpected(failure(
      ExitCode::bad_data, fmt::format("the time \"{}\" {}; write it like 2027-01-31T00:00:00Z",
                                      *text, time.error().reason)));
}

Found<std::chrono::seconds> duration_asked_for(const std::string& text) {
  constexpr std::uint32_t kTenYears = 10 * 365 * 24 * 60 * 60;  // seconds
  Option limits{};
  limits.minimum = 1;
  limits.maximum = kTenYears;
  const auto duration = parse_duration(text, limits);
  if (duration) return *duration;
  const Problem& problem = duration.error();
  const std::string repair = problem.repair.empty() ? std::string() : "; " + problem.repair;
  return tl::unexpected(failure(
      ExitCode::bad_data, fmt::format("the duration \"{}\" {}{}", text, problem.reason, repair)));
}

}  // namespace portcullis
