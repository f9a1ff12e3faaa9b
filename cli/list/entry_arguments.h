#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/report.h"

#include "editing/list_document.h"

namespace portcullis {

// What the command line says of entries, made fit for a list, or a failure that says what is wrong
// with it.

// What a list takes with a warning (host bits) is refused for a new entry: whoever types it can
// type the one that is meant. An old one is found by the text that the list has.
enum class EntryAge : std::uint8_t { new_entry, old_entry };

Found<EntryScope> scope_argument(const std::string& text, EntryAge age);
// Each once, in the order in which they are given.
Found<std::vector<EntryScope>> scope_arguments(const std::vector<std::string>& texts, EntryAge age);

// A comment: no control characters, since it must stay on its line.
Found<std::string> comment_argument(const std::string& text);

// --expires 2027-01-31T00:00:00Z, or --for 7d from `now` on. Must be after `now`.
Found<std::optional<Time>> expiry_argument(const std::optional<std::string>& expires,
                                           const std::optional<std::string>& duration, Time now);

// The clock, to the second.
Time time_now();

}  // namespace portcullis
