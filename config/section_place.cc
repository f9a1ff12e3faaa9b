#include "config/section_place.h"

#include <algorithm>

namespace portcullis {

bool SectionPlace::has(std::string_view option) const {
  return std::ranges::find(options, option, &decltype(options)::value_type::first) != options.end();
}

std::uint32_t SectionPlace::line_of(std::string_view option) const {
  const auto found = std::ranges::find(options, option, &decltype(options)::value_type::first);
  return found == options.end() ? line : found->second;
}

}  // namespace portcullis
