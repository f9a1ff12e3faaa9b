#include "formats/address_ranges.h"

#include <algorithm>

namespace portcullis {
namespace {

AddressBits one_of(IpAddress address) {
  return static_cast<AddressBits>(1) << (128 - address.width());
}

bool is_last(IpAddress address) {
  return address == IpPrefix(address, 0).last();
}

void append_cover(std::vector<IpPrefix>& networks, IpAddress first, IpAddress last) {
  const auto cover = cover_range(first, last);
  networks.insert(networks.end(), cover.begin(), cover.end());
}

// The first hole that does not end before `address`.
auto first_hole(std::span<const AddressRange> holes, IpAddress address) {
  return std::ranges::lower_bound(holes, address, {}, &AddressRange::last);
}

}  // namespace

AddressRange range_of(const IpPrefix& network) {
  return {network.first(), network.last()};
}

std::optional<AddressRange> range_of(const Listed& listed) {
  if (const auto* network = std::get_if<IpPrefix>(&listed)) return range_of(*network);
  if (const auto* range = std::get_if<AddressRange>(&listed)) return *range;
  return {};
}

IpAddress address_after(IpAddress address) {
  return IpAddress::from_bits(address.bits() + one_of(address), address.family());
}

IpAddress address_before(IpAddress address) {
  return IpAddress::from_bits(address.bits() - one_of(address), address.family());
}

std::vector<AddressRange> merge(std::vector<AddressRange> ranges) {
  std::ranges::sort(ranges, {}, &AddressRange::first);
  std::vector<AddressRange> merged;
  for (const AddressRange& range : ranges) {
    if (!merged.empty() && merged.back().last.family() == range.first.family() &&
        (is_last(merged.back().last) || range.first <= address_after(merged.back().last))) {
      merged.back().last = std::max(merged.back().last, range.last);
    } else {
      merged.push_back(range);
    }
  }
  return merged;
}

bool overlaps(const AddressRange& range, std::span<const AddressRange> holes) {
  const auto hole = first_hole(holes, range.first);
  return hole != holes.end() && hole->first <= range.last;
}

std::vector<IpPrefix> remains_of(const AddressRange& range, std::span<const AddressRange> holes) {
  std::vector<IpPrefix> remains;
  IpAddress at = range.first;
  for (auto hole = first_hole(holes, at); hole != holes.end() && hole->first <= range.last;
       ++hole) {
    if (at < hole->first) append_cover(remains, at, address_before(hole->first));
    if (hole->last >= range.last) return remains;
    at = address_after(hole->last);
  }
  append_cover(remains, at, range.last);
  return remains;
}

}  // namespace portcullis
