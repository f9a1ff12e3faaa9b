#pragma once

#include <cstdint>
#include <string_view>

#include "formats/filter_sets.h"
#include "formats/format.h"

namespace portcullis {

// What `ipset save` writes and `ipset restore` reads (ipset(8) 7.17; what is said here of the
// kernel was seen on Linux 6.18).
//
// Read: the sets hash:net, hash:ip and bitmap:ip, "add" lines with timeout, comment and nomatch. A
// timeout counts from ReadOptions::now. An element that comes again replaces the one before it, as
// with -exist. "nomatch" is an exception: its addresses are in no set, so they are cut out of every
// wider element around it; what a class says of them is then up to whatever else lists them.
//
// Written: a set of each family, NAME and NAME6, which restoring empties and fills. An entry whose
// own action is not the one of the class becomes a nomatch element: in a hash:net set as in a
// policy the longest prefix decides. Names and mail addresses are lost; quotation marks in comments
// become apostrophes.
ListReading read_ipset(std::string_view text, const ReadOptions& options);
ListWriting write_ipset(std::span<const ListEntry> entries, const WriteOptions& options);

// The most seconds that a timeout can say: 24 days, 20 hours.
constexpr std::uint64_t kIpsetMaxTimeout = 2147483;

constexpr SetNaming kIpsetNaming{"", "6"};

}  // namespace portcullis
