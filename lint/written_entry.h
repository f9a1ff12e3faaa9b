#pragma once

#include <string>
#include <string_view>

#include "policy/entry_table.h"

namespace portcullis {

// A place as it is named in a message about something in `here`: "line 12" or "other.list:12".
std::string place(const EntryDescription& entry, std::string_view here);

// An entry that was dropped, as it was written.
EntryDescription describe(const EntryTable& entries, const EntryTable::Repeated& repeated);

// The network of an entry that is no host name; of a range, of this part of it.
IpPrefix network_of(const EntryTable& entries, EntryIndex entry);

// Where the entry's range is kept, or nothing for a single network or a name.
const AddressRange* range_of(const EntryTable& entries, EntryIndex entry);

// By source, then by line: the order in which people read.
inline bool stands_before(const EntryOrigin& a, const EntryOrigin& b) {
  return a.source != b.source ? a.source < b.source : a.line < b.line;
}

}  // namespace portcullis
