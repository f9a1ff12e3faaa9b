#include "cli/time_argument.h"

#include <chrono>

#include <fmt/format.h>

#include "config/entry_line.h"
#include "config/time_text.h"

namespace portcullis {

Found<Time> time_asked_for(const std::optional<std::string>& text) {
  if (!text) return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto time = parse_time(*text);
  if (time) return *time;
  return tl::unexpected(failure(
      ExitCode::bad_data, fmt::format("the time \"{}\" {}; write it like 2027-01-31T00:00:00Z",
                                      *text, time.error().reason)));
}

}  // namespace portcullis
