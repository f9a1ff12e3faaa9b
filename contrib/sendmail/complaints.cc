#include "contrib/sendmail/complaints.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "contrib/log_line.h"
#include "policy/printable.h"

namespace portcullis::sendmail {
namespace {

constexpr std::streamoff kTail = 1048576;  // of a busy minute
constexpr std::size_t kMaxLine = 500;

bool complains(const std::string& line) {
  constexpr std::array<std::string_view, 2> kPrograms = {"sendmail", "sm-mta"};
  constexpr std::array kTrouble = {"SYSERR", "rror", "cannot", "problem", "unsafe", "missing"};
  const std::string_view program = program_of(line);
  const std::string_view said = message_of(line);
  return std::ranges::any_of(kPrograms,
                             [&](std::string_view name) { return program.starts_with(name); }) &&
         std::ranges::any_of(
             kTrouble, [&](const char* word) { return said.find(word) != std::string_view::npos; });
}

}  // namespace

std::vector<std::string> complaints_in(const std::string& log_file) {
  std::ifstream in(log_file, std::ios::binary | std::ios::ate);
  if (!in) return {};
  const std::streamoff start = std::max<std::streamoff>(0, std::streamoff(in.tellg()) - kTail);
  in.seekg(start);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (complains(line)) lines.push_back(printable(line, kMaxLine));
  }
  return lines;
}

}  // namespace portcullis::sendmail
