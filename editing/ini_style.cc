#include "editing/ini_style.h"

#include <algorithm>

namespace portcullis {
namespace {

using Kind = IniLine::Kind;

constexpr std::string_view kBlanks = " \t";

// "port   = 25": the columns of its parts.
struct KeySpelling {
  std::size_t name_end = 0;
  std::size_t equals = 0;
  std::string behind;  // between '=' and the value
};

bool is_sound_key(const IniTextLine& line) {
  return line.kind == Kind::key && !line.refused;
}

KeySpelling spelling_of(const IniTextLine& line) {
  const std::string_view text = line.text;
  const std::size_t equals = text.find('=');
  const std::size_t name_end = text.find_last_not_of(kBlanks, equals - 1) + 1;
  const std::size_t value = std::min(text.find_first_not_of(kBlanks, equals + 1), text.size());
  // Nothing can be learned behind the '=' of a line without a value.
  const bool has_value = !value_of(line).empty();
  return {name_end, equals,
          has_value ? std::string(text.substr(equals + 1, value - equals - 1))
                    : std::string(equals > name_end ? " " : "")};
}

// True if names of several lengths have their '=' in one column.
bool is_aligned(std::span<const IniTextLine> section, std::size_t column) {
  std::size_t shortest = std::string::npos;
  std::size_t longest = 0;
  for (const IniTextLine& line : section) {
    if (!is_sound_key(line)) continue;
    const KeySpelling spelling = spelling_of(line);
    if (spelling.equals != column) return false;
    shortest = std::min(shortest, spelling.name_end);
    longest = std::max(longest, spelling.name_end);
  }
  return shortest < longest;
}

std::string indentation_of(const IniTextLine& line) {
  return line.text.substr(0, std::min(line.text.find_first_not_of(kBlanks), line.text.size()));
}

}  // namespace

std::string key_text_like(std::span<const IniTextLine> section, std::string_view key,
                          std::string_view value) {
  std::string text(key);
  const auto last = std::find_if(section.rbegin(), section.rend(), is_sound_key);
  std::string behind = " ";
  if (last == section.rend()) {
    text += ' ';
  } else {
    const KeySpelling spelling = spelling_of(*last);
    behind = spelling.behind;
    if (is_aligned(section, spelling.equals)) {
      text.resize(std::max(spelling.equals, text.size() + 1), ' ');
    } else if (spelling.equals > spelling.name_end) {
      text += ' ';
    }
  }
  text += '=';
  if (!value.empty()) text += behind + std::string(value);
  return text;
}

std::string indentation_near(std::span<const IniTextLine> lines, std::size_t at) {
  const auto continues = [](const IniTextLine& line) {
    return line.kind == Kind::continuation && !line.refused;
  };
  for (std::size_t i = std::min(at + 1, lines.size()); i > 0; --i) {
    if (continues(lines[i - 1])) return indentation_of(lines[i - 1]);
  }
  const auto first = std::ranges::find_if(lines, continues);
  return first == lines.end() ? "    " : indentation_of(*first);
}

std::string line_end_near(std::span<const IniTextLine> lines, std::size_t at) {
  for (std::size_t i = std::min(at + 1, lines.size()); i > 0; --i) {
    if (!lines[i - 1].end.empty()) return lines[i - 1].end;
  }
  return "\n";
}

}  // namespace portcullis
