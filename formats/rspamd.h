#pragma once

#include "formats/format.h"

namespace portcullis {

// An ip map of rspamd ("radix"): an address or network on a line, IPv6 with or without brackets,
// then an optional value. The most specific wins there too. Addresses only; no actions.
//
// Reading: a value that is a number, a score, is not kept; any other becomes the comment unless
// there is one behind " #", with a warning. A single comment line above is the comment otherwise.
//
// Writing: what has the action of the class. An entry of the other action is an exception that such
// a map cannot hold: refused if a written network covers it, else left out. Ranges become networks.
ListReading read_rspamd(std::string_view text, const ReadOptions& options);
ListWriting write_rspamd(std::span<const ListEntry> entries, const WriteOptions& options);

}  // namespace portcullis
