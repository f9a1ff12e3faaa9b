#pragma once

#include <span>
#include <vector>

#include "formats/list_entry.h"

namespace portcullis {

// Addresses of which one entry says that they are in a set, and for how long.
struct DisjointEntry {
  AddressRange addresses;
  const ListEntry* entry = nullptr;  // of the span that disjoint_entries() was given
};

// What a set whose elements cannot overlap says of a list, in order of the addresses. An entry is
// in the set if its action (its own, or `action` if it has none) is `action`, else it is an
// exception. As in a policy the longest prefix decides, and of equal ones permit; where several
// entries say that an address is in the set, the one that lasts longest. An exception that expires
// counts for good. Names and senders are passed over. O(n log n).
std::vector<DisjointEntry> disjoint_entries(std::span<const ListEntry> entries, Action action);

}  // namespace portcullis
