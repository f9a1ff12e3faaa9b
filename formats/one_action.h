#pragma once

#include <span>
#include <vector>

#include "formats/writing.h"

namespace portcullis {

// For formats that say one thing of all their entries: the entries that say what the list does
// (WriteOptions::action). Another is reported as left out. Where that would make the text match a
// client that the list does not, because the entry left out is an exception from one that stays,
// the list is refused: networks from networks, names from names, senders from senders.
// Cost: O(n log n).
std::vector<const ListEntry*> entries_of_one_action(std::span<const ListEntry> entries,
                                                    Writing& writing);

}  // namespace portcullis
