#pragma once

#include <vector>

#include <tl/expected.hpp>

#include "policy/client_class.h"
#include "policy/entry_table.h"
#include "policy/prefix_table.h"

namespace portcullis {

// Stored instead of a class where an entry with an expiry takes part: only the time of the question
// tells which entry decides.
inline constexpr Outcome kDependsOnTime = 0xffff'fffe;

// The longest-prefix table of the entries whose class is in force: its outcome is the ClassIndex
// that decides for an address, with exempt entries spread over everything inside them, or
// kDependsOnTime. `in_force` is by ClassIndex. O(entries), beside PrefixTable::build.
tl::expected<PrefixTable, PrefixTableError> build_outcome_table(
    const EntryTable& entries, const std::vector<ClientClass>& classes,
    const std::vector<bool>& in_force);

}  // namespace portcullis
