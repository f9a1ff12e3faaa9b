#include "policy/entry_table.h"

namespace portcullis {
namespace {

IpPrefix network_of(const NetworkEntries<std::uint32_t>& table, std::uint32_t i) {
  return {IpAddress::from_ipv4(table.first(i)), table.length(i)};
}

IpPrefix network_of(const NetworkEntries<AddressBits>& table, std::uint32_t i) {
  return {IpAddress::from_bits(table.first(i), AddressFamily::ipv6), table.length(i)};
}

}  // namespace

EntryOrigin EntryTable::origin(EntryIndex entry) const noexcept {
  const auto ask = [](const auto& table, std::uint32_t i) { return table.origin(i); };
  return dispatch(entry, ask, ask);
}

ClassIndex EntryTable::class_of(EntryIndex entry) const noexcept {
  return sources[static_cast<std::size_t>(origin(entry).source)].client_class;
}

std::optional<Time> EntryTable::expires(EntryIndex entry) const noexcept {
  return dispatch(
      entry,
      [](const auto& table, std::uint32_t i) -> std::optional<Time> {
        const EntryDetail* detail = table.detail(i);
        return detail == nullptr ? std::nullopt : detail->expires;
      },
      [](const HostNameTable& table, std::uint32_t i) { return table.expires(i); });
}

EntryDescription EntryTable::describe(EntryIndex entry) const {
  const EntryOrigin where = origin(entry);
  const Source& source = sources[static_cast<std::size_t>(where.source)];
  EntryDescription description;
  description.file = source.file;
  description.line = where.line;
  description.client_class = source.client_class;
  description.expires = expires(entry);
  description.text = dispatch(
      entry,
      [&](const auto& table, std::uint32_t i) {
        description.network = network_of(table, i);
        const EntryDetail* detail = table.detail(i);
        if (detail == nullptr || !detail->range) return description.network->to_string();
        return detail->range->first.to_string() + '-' + detail->range->second.to_string();
      },
      [](const HostNameTable& table, std::uint32_t i) { return table.text(i); });
  return description;
}

std::size_t EntryTable::memory_bytes() const {
  return ipv4.memory_bytes() + ipv6.memory_bytes() + names.memory_bytes();
}

}  // namespace portcullis
