#pragma once

#include "formats/format.h"

namespace portcullis {

// An array of objects, or one object on each line (JSON lines):
//   {"address": "192.0.2.0/24", "comment": "why", "expires": "2027-01-31T00:00:00Z",
//    "action": "deny"}
// All but the address may be missing or null. The address may be a sender too: user@example.com.
// The action is "permit" or "deny". An object that is no JSON, has a key twice or a value of
// another type is refused alone, with its line; other keys are left out with a warning.
ListReading read_json(std::string_view text, const ReadOptions& options);
// Writes an array, one object on a line. Nothing is lost.
ListWriting write_json(std::span<const ListEntry> entries, const WriteOptions& options);

}  // namespace portcullis
