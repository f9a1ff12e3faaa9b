#include "contrib/sendmail/complaints.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "policy/printable.h"

namespace portcullis::sendmail {
namespace {

constexpr std::streamoff kTail = 65536;
constexpr std::size_t kMostLines = 10;
constexpr std::size_t kMaxLine = 500;

bool complains(const std::string& line) {
  constexpr std::array kProgram = {"sendmail", "sm-mta"};
  constexpr std::array kTrouble = {"SYSERR", "rror", "cannot", "problem", "unsafe", "missing"};
  const auto in_line = [&](const char* word) { return line.find(word) != std::string::npos; };
  return std::ranges::any_of(kProgram, in_line) && std::ranges::any_of(kTrouble, in_line);
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
  if (lines.size() > kMostLines) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kMostLines));
  }
  return lines;
}

}  // namespace portcullis::sendmail
