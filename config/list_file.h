#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/diagnostic.h"
#include "config/entry_line.h"
#include "policy/policy_builder.h"

namespace portcullis {

// Adds the entries of a list to `builder`: one on a line with its fields, then a comment after " #"
// or " ;"; blank lines, whole-line comments, CR LF and a byte order mark are fine. Every bad line
// is reported under the name `file`. Returns the number of entries. Cost: one pass; a plain IPv4 or
// CIDR line is read without allocating.
std::size_t read_list(std::string_view text, const std::string& file, PolicyBuilder& builder,
                      SourceIndex source, Diagnostics& diagnostics);

// A line of a list up to its comment: a # or ; at its start or after a blank. One that directly
// follows an entry is none: "192.0.2.1;192.0.2.2" must not lose its second half without a word.
std::string_view without_comment(std::string_view line);

// Adds one entry to `builder`, its warning to `diagnostics`.
void add_entry(const EntryLine& entry, const std::string& file, std::uint32_t line,
               PolicyBuilder& builder, SourceIndex source, Diagnostics& diagnostics);

}  // namespace portcullis
