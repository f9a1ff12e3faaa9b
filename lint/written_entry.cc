#include "lint/written_entry.h"

#include <fmt/format.h>

namespace portcullis {

std::string place(const EntryDescription& entry, std::string_view here) {
  if (entry.file == here) return fmt::format("line {}", entry.line);
  return fmt::format("{}:{}", entry.file, entry.line);
}

EntryDescription describe(const EntryTable& entries, const EntryTable::Repeated& repeated) {
  EntryDescription description = entries.describe(repeated.kept);
  const auto& source = entries.sources[static_cast<std::size_t>(repeated.origin.source)];
  description.file = source.file;
  description.line = repeated.origin.line;
  description.expires = repeated.detail.expires;
  if (const auto& range = repeated.detail.range) {
    description.text = range->first.to_string() + '-' + range->last.to_string();
  } else if (!entries.is_name(repeated.kept)) {
    description.text = network_of(entries, repeated.kept).to_string();
  }
  return description;
}

IpPrefix network_of(const EntryTable& entries, EntryIndex entry) {
  auto i = static_cast<std::size_t>(entry);
  if (i < entries.ipv4.size()) {
    const auto place = static_cast<std::uint32_t>(i);
    return {IpAddress::from_ipv4(entries.ipv4.first(place)), entries.ipv4.length(place)};
  }
  const auto place = static_cast<std::uint32_t>(i - entries.ipv4.size());
  return {IpAddress::from_bits(entries.ipv6.first(place), AddressFamily::ipv6),
          entries.ipv6.length(place)};
}

const AddressRange* range_of(const EntryTable& entries, EntryIndex entry) {
  const auto i = static_cast<std::size_t>(entry);
  const EntryDetail* detail = nullptr;
  if (i < entries.ipv4.size()) {
    detail = entries.ipv4.detail(static_cast<std::uint32_t>(i));
  } else if (!entries.is_name(entry)) {
    detail = entries.ipv6.detail(static_cast<std::uint32_t>(i - entries.ipv4.size()));
  }
  return detail != nullptr && detail->range ? &*detail->range : nullptr;
}

}  // namespace portcullis
