#include "formats/reading.h"

#include <utility>

#include <fmt/format.h>

#include "config/entry_line.h"

namespace portcullis {

void Reading::refuse(std::uint32_t line, std::string_view culprit, Problem problem) {
  reading_.diagnostics.error(options_.file, line, std::string(culprit), std::move(problem.reason),
                             std::move(problem.repair));
}

void Reading::repair(std::uint32_t line, std::string_view culprit, Problem problem) {
  reading_.diagnostics.warning(options_.file, line, std::string(culprit), std::move(problem.reason),
                               std::move(problem.repair));
}

void Reading::note(std::uint32_t line, std::string_view culprit, Problem problem) {
  reading_.diagnostics.note(options_.file, line, std::string(culprit), std::move(problem.reason),
                            std::move(problem.repair));
}

bool Reading::add_text(std::string_view text, ListEntry like) {
  auto parsed = parse_entry(text);
  if (!parsed) {
    refuse(like.line, text, std::move(parsed.error()));
    return false;
  }
  if (parsed->warning) {
    if (options_.strict) {
      refuse(like.line, text, *std::move(parsed->warning));
      return false;
    }
    repair(like.line, text, *std::move(parsed->warning));
  }
  like.listed = make_entry(EntryLine{text, *parsed, {}}).listed;
  add(std::move(like));
  return true;
}

ListEntry Reading::take_last() {
  ListEntry entry = std::move(reading_.entries.back());
  reading_.entries.pop_back();
  return entry;
}

bool Reading::is_readable(std::string_view line, std::uint32_t number) {
  if (line.size() > kMaxLine) {
    refuse(number, line.substr(0, 20),
           {fmt::format("starts a line of {} bytes; {} are the most", line.size(), kMaxLine), {}});
    return false;
  }
  if (line.find('\0') == std::string_view::npos) return true;
  refuse(number, {}, {"holds a NUL byte", "write plain text"});
  return false;
}

std::string Reading::comment(std::string_view text) {
  std::string kept;
  for (const char c : trim(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      kept += fmt::format("\\x{:02x}", byte);
    } else {
      kept += c;
    }
  }
  return kept;
}

}  // namespace portcullis
