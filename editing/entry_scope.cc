#include "editing/entry_scope.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace portcullis {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// ".example.com" holds itself, example.com and all below it; "example.com" itself alone.
bool covers_name(std::string_view outer, std::string_view inner) {
  if (outer == inner) return true;
  if (!outer.starts_with('.')) return false;
  return inner.ends_with(outer) || inner == outer.substr(1);
}

}  // namespace

bool EntryScope::covers(const EntryScope& other) const {
  if (is_name() || other.is_name()) {
    return is_name() && other.is_name() && covers_name(name, other.name);
  }
  // IPv4 sorts before IPv6, so that no range holds addresses of the other family.
  return first <= other.first && other.last <= last;
}

bool EntryScope::covers(IpAddress address) const {
  return !is_name() && first <= address && address <= last;
}

std::string EntryScope::to_string() const {
  if (is_name()) return name;
  const std::vector<IpPrefix> networks = cover_range(first, last);
  if (networks.size() == 1) return networks.front().to_string();
  return fmt::format("{}-{}", first.to_string(), last.to_string());
}

EntryScope scope_of(const EntryText& entry) {
  if (const auto* network = std::get_if<IpPrefix>(&entry.names)) {
    return {network->first(), network->last(), {}};
  }
  if (const auto* range = std::get_if<AddressRange>(&entry.names)) {
    return {range->first, range->last, {}};
  }
  EntryScope scope;
  scope.name = std::get<HostName>(entry.names).text;
  std::ranges::transform(scope.name, scope.name.begin(), lower);
  return scope;
}

}  // namespace portcullis
