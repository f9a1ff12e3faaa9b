#include "formats/plain_network.h"

#include <algorithm>

namespace portcullis {
namespace {

bool consists_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

}  // namespace

bool is_plain_network(std::string_view text) {
  if (text.find_first_of(" \t#;,") != std::string_view::npos) return false;
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  if (slash != std::string_view::npos && text.find('.', slash) != std::string_view::npos) {
    return false;
  }
  if (consists_of(address, "0123456789.")) return true;
  // A zone id is refused by parse_entry(), which knows what to say of it.
  const std::string_view without_zone = address.substr(0, address.find('%'));
  return consists_of(without_zone, "0123456789abcdefABCDEF:.") &&
         std::ranges::count(without_zone, ':') >= 2;
}

}  // namespace portcullis
