#pragma once

#include "formats/format.h"

namespace portcullis {

// The Control Access list and the White List of Ipswitch IMail, which keeps both in the registry:
// text that someone typed from its dialogs or is to type into them. One on a line: "192.0.2.1",
// "192.0.2.0 255.255.255.0", or a range "192.0.2.1-192.0.2.9". Written are IPv4 entries alone,
// which is all that the dialogs take. Comments behind a # are read, not written; so is CIDR.
ListReading read_imail(std::string_view text, const ReadOptions& options);
ListWriting write_imail(std::span<const ListEntry> entries, const WriteOptions& options);

}  // namespace portcullis
