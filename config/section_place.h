#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace portcullis {

// Where a section of the policy file stands.
struct SectionPlace {
  std::uint32_t line = 0;
  std::vector<std::pair<std::string, std::uint32_t>> options;  // those that are written

  bool has(std::string_view option) const;
  // Where the option is written, or else where the section starts.
  std::uint32_t line_of(std::string_view option) const;
};

}  // namespace portcullis
