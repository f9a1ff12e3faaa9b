#pragma once

#include "formats/filter_sets.h"
#include "formats/format.h"

namespace portcullis {

// Named sets of nftables (nft(8) 1.0.6), as text or as JSON: what "nft list set", "nft -j list set"
// or a listing of more print.
//
// Read: sets of ipv4_addr or ipv6_addr, whose elements are addresses, networks and ranges with
// timeout, expires and comment; what is left of an element's time counts from ReadOptions::now, to
// the second below.
//
// Written: a set of each family, NAME_v4 and NAME_v6 in the table "inet portcullis", which loading
// empties and fills in one transaction. The elements do not overlap: without auto-merge nft refuses
// those that do, and with it 1.0.6 forgets their timeouts, so that what was to expire stays for
// good. Names and mail addresses are lost; quotation marks in comments become apostrophes.
ListReading read_nft(std::string_view text, const ReadOptions& options);
ListWriting write_nft(std::span<const ListEntry> entries, const WriteOptions& options);

// Suffixes, so that no name of a list makes a word of nft's own.
constexpr SetNaming kNftNaming{"_v4", "_v6"};

}  // namespace portcullis
