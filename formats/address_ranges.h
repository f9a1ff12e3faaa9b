#pragma once

#include <optional>
#include <span>
#include <vector>

#include "formats/list_entry.h"

namespace portcullis {

AddressRange range_of(const IpPrefix& network);

// The addresses of a network or range; nothing for a name or a sender.
std::optional<AddressRange> range_of(const Listed& listed);

// The address behind or before `address`. Precondition: there is one in its family.
IpAddress address_after(IpAddress address);
IpAddress address_before(IpAddress address);

// The same addresses in the fewest ranges: in order, none touches the next. O(n log n).
std::vector<AddressRange> merge(std::vector<AddressRange> ranges);

// Whether one of `holes`, in order and apart as merge() gives them, holds an address of `range`.
// O(log n).
bool overlaps(const AddressRange& range, std::span<const AddressRange> holes);

// The fewest networks that hold what is in `range` and in none of `holes`, which are as merge()
// gives them. O(log n + holes within the range).
std::vector<IpPrefix> remains_of(const AddressRange& range, std::span<const AddressRange> holes);

}  // namespace portcullis
