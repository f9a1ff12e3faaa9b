#pragma once

#include "formats/format.h"

namespace portcullis {

// A table with the columns address, comment and expires (RFC 4180). The first record names them, in
// any order, by their usual names ("ip", "network", "description", "expiry"); without such a record
// it is address, comment, expires. Other columns are not read, with a warning. The address may be
// a sender too: user@example.com.
//
// A field that starts with = + - or @ is a formula to a spreadsheet, which is how a comment of a
// list runs a command on the desk of who opens it. Written is an apostrophe before it, and before
// one that starts with an apostrophe; when read, an apostrophe before any of these is taken away.
ListReading read_csv(std::string_view text, const ReadOptions& options);
ListWriting write_csv(std::span<const ListEntry> entries, const WriteOptions& options);

}  // namespace portcullis
