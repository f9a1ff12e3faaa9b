#include "policy/entry_table.h"

namespace portcullis {
namespace {

IpPrefix network_of(const NetworkEntries<std::uint32_t>& table, std::uint32_t i) {
  return {IpAddress::from_ipv4(table.first(i)), table.length(i)};
}

IpPrefix network_of(const NetworkEntries<AddressBits>& table, std::uint32_t i) {
  return {IpAddress::from_bits(table.first(i), AddressFamily::ipv6), table.length(i)};
}

std::string to_text(const EntrySubject& subject) {
  if (const auto* network = std::get_if<IpPrefix>(&subject)) return network->to_string();
  if (const auto* range = std::get_if<AddressRange>(&subject)) {
    return range->first.to_string() + '-' + range->last.to_string();
  }
  return std::get<std::string>(subject);
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
  description.network = dispatch(
      entry,
      [](const auto& table, std::uint32_t i) -> std::optional<IpPrefix> {
        return network_of(table, i);
      },
      [](const HostNameTable&, std::uint32_t) -> std::optional<IpPrefix> { return {}; });
  description.text = to_text(subject_of(entry));
  return description;
}

EntrySubject EntryTable::subject_of(EntryIndex entry) const {
  return dispatch(
      entry,
      [](const auto& table, std::uint32_t i) -> EntrySubject {
        const EntryDetail* detail = table.detail(i);
        if (detail == nullptr || !detail->range) return network_of(table, i);
        return *detail->range;
      },
      [](const HostNameTable& table, std::uint32_t i) -> EntrySubject { return table.text(i); });
}

std::optional<EntryIndex> EntryTable::find_at(const IpPrefix& network, ClassIndex client_class,
                                              const EntrySubject& subject) const {
  std::optional<EntryIndex> found;
  const auto length_of = [](const auto& table, std::uint32_t i) { return table.length(i); };
  const auto no_length = [](const HostNameTable&, std::uint32_t) { return 0U; };
  // What covers the first address with this length is this network.
  for_each_covering(network.first(), [&](EntryIndex entry) {
    if (!found && dispatch(entry, length_of, no_length) == network.length() &&
        class_of(entry) == client_class && subject_of(entry) == subject) {
      found = entry;
    }
  });
  return found;
}

std::optional<EntryIndex> EntryTable::find(ClassIndex client_class,
                                           const EntrySubject& subject) const {
  if (const auto* network = std::get_if<IpPrefix>(&subject)) {
    return find_at(*network, client_class, subject);
  }
  std::optional<EntryIndex> found;
  if (const auto* range = std::get_if<AddressRange>(&subject)) {
    // A part that the class names by itself as well belongs to that entry: then another is ours.
    for (const IpPrefix& part : cover_range(range->first, range->last)) {
      if ((found = find_at(part, client_class, subject))) break;
    }
    return found;
  }
  const std::string_view name = std::get<std::string>(subject);
  for_each_naming(name.substr(name.starts_with('.') ? 1 : 0), [&](EntryIndex entry) {
    if (!found && class_of(entry) == client_class && subject_of(entry) == subject) found = entry;
  });
  return found;
}

std::size_t EntryTable::memory_bytes() const {
  return ipv4.memory_bytes() + ipv6.memory_bytes() + names.memory_bytes();
}

}  // namespace portcullis
