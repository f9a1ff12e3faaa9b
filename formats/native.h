#pragma once

#include "formats/format.h"

namespace portcullis {

// A list file of ours (portcullis.conf(5), "List files"): one entry on a line, fields,
// then a comment after " #" or " ;".
ListReading read_native(std::string_view text, const ReadOptions& options);
ListWriting write_native(std::span<const ListEntry> entries, const WriteOptions& options);

}  // namespace portcullis
