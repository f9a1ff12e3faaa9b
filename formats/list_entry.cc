#include "formats/list_entry.h"

#include <algorithm>

#include <fmt/format.h>

namespace portcullis {
namespace {

std::string lower(std::string_view text) {
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return folded;
}

// ::ffff:0:0/96, RFC 4291 section 2.5.5.2. No range of IPv6 starts or ends within it, so the cover
// of one never holds a part of it alone.
IpPrefix mapped_network() {
  return {IpAddress::from_bits(static_cast<AddressBits>(0xffff) << 32, AddressFamily::ipv6), 96};
}

struct Text {
  std::string operator()(const IpPrefix& network) const { return network.to_string(); }
  std::string operator()(const AddressRange& range) const {
    return fmt::format("{}-{}", range.first.to_string(), range.last.to_string());
  }
  std::string operator()(const ListedName& name) const { return name.text; }
  std::string operator()(const ListedSender& sender) const { return sender.text; }
};

Listed listed_of(const EntryText& entry) {
  if (const auto* network = std::get_if<IpPrefix>(&entry.names)) return *network;
  if (const auto* range = std::get_if<AddressRange>(&entry.names)) return *range;
  return ListedName{lower(std::get<HostName>(entry.names).text)};
}

}  // namespace

std::string to_string(const Listed& listed) {
  return std::visit(Text{}, listed);
}

ListEntry make_entry(const EntryLine& line) {
  ListEntry entry;
  entry.listed = listed_of(line.entry);
  entry.expires = line.expires;
  return entry;
}

std::vector<IpPrefix> networks_of(const Listed& listed) {
  if (const auto* network = std::get_if<IpPrefix>(&listed)) return {*network};
  if (const auto* range = std::get_if<AddressRange>(&listed)) {
    auto networks = cover_range(range->first, range->last);
    std::erase(networks, mapped_network());
    return networks;
  }
  return {};
}

}  // namespace portcullis
