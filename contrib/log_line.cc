#include "contrib/log_line.h"

#include <algorithm>

namespace portcullis {
namespace {

constexpr std::string_view kBehindNumber = "]: ";

// Of the "[" in "postfix/smtpd[7]: "; npos if there is none. The first one in the line.
std::size_t number_in(std::string_view line) {
  const std::size_t end = line.find(kBehindNumber);
  if (end == std::string_view::npos) return end;
  const std::size_t start = line.rfind('[', end);
  if (start == std::string_view::npos || start + 1 == end) return std::string_view::npos;
  const bool is_number = std::ranges::all_of(line.substr(start + 1, end - start - 1),
                                             [](char c) { return c >= '0' && c <= '9'; });
  return is_number ? start : std::string_view::npos;
}

}  // namespace

std::string_view message_of(std::string_view line) {
  if (number_in(line) == std::string_view::npos) return {};
  return line.substr(line.find(kBehindNumber) + kBehindNumber.size());
}

std::string_view program_of(std::string_view line) {
  const std::size_t number = number_in(line);
  if (number == std::string_view::npos) return {};
  const std::string_view before = line.substr(0, number);
  const std::size_t blank = before.rfind(' ');
  return blank == std::string_view::npos ? before : before.substr(blank + 1);
}

}  // namespace portcullis
