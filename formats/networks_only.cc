#include "formats/networks_only.h"

#include <fmt/format.h>

#include "formats/list_entry.h"

namespace portcullis {
namespace {

constexpr std::size_t kMostNamed = 4;

}  // namespace

std::string networks_repair(const EntryText& entry) {
  const auto networks = networks_of(make_entry({{}, entry, {}}).listed);
  std::string text;
  for (const IpPrefix& network : networks) {
    if (&network == &networks[0] + kMostNamed) return text + ", ...";
    text += (text.empty() ? "write " : ", ") + network.to_string();
  }
  return text;
}

std::string without_brackets(std::string_view text) {
  const std::size_t close = text.find(']');
  if (!text.starts_with('[') || close == std::string_view::npos) return std::string(text);
  const std::string_view behind = text.substr(close + 1);
  if (!behind.empty() && behind.front() != '/') return std::string(text);
  return fmt::format("{}{}", text.substr(1, close - 1), behind);
}

}  // namespace portcullis
