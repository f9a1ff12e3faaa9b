#pragma once

#include "formats/format.h"

namespace portcullis {

// The lists of hosts of Symantec Messaging Gateway: addresses, networks (CIDR or mask) and domains,
// many on a line, with any run of commas, semicolons, blanks and tabs between them; quoted fields
// and a header row of spreadsheets too. There are no comments: every word is an entry or an error.
//
// "example.com" is that name alone, or with ReadOptions::domains_cover_subdomains all below it too;
// a note says which. "*.example.com" is repaired to ".example.com". Written: one on a line.
ListReading read_symantec(std::string_view text, const ReadOptions& options);
ListWriting write_symantec(std::span<const ListEntry> entries, const WriteOptions& options);

}  // namespace portcullis
