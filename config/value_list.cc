#include "config/value_list.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "config/entry_line.h"

namespace portcullis {

std::vector<IniPiece> split_list(const std::vector<IniPiece>& lines) {
  std::vector<IniPiece> items;
  for (const IniPiece& line : lines) {
    std::string_view rest = trim(line.text);
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      items.push_back({std::string(trim(rest.substr(0, comma))), line.line});
      rest = trim(rest.substr(std::min(comma + 1, rest.size())));
    }
  }
  return items;
}

}  // namespace portcullis
