#pragma once

#include "formats/format.h"

namespace portcullis {

// The connection lists of Trend Micro IMSVA, InterScan Messaging Security Suite and Deep Discovery
// Email Inspector: one on a line, "192.0.2.1", "192.0.2.0:255.255.255.0", "2001:db8::1" or
// "2001:db8::/32". A line with exactly one colon is IPv4 and its mask, never a length or a port.
//
// Comments behind a # are read, though no manual knows them, and never written; so is IPv4 with a
// length, with a note. Ranges are written as the networks that they are made of.
ListReading read_trend(std::string_view text, const ReadOptions& options);
ListWriting write_trend(std::span<const ListEntry> entries, const WriteOptions& options);

}  // namespace portcullis
