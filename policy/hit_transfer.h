#pragma once

#include "policy/hit_counters.h"
#include "policy/policy.h"

namespace portcullis {

// Moves what has been counted under one policy to the entries of another that are the same: of a
// class of the same name, with the same subject. Hits of entries that the other policy does not
// have are dropped. While it runs, others may go on counting at either: what comes too late for
// this call is left for the next one, and nothing is moved twice.
//
// Cost: O(hits * log entries). May throw std::bad_alloc; then what has not been moved stays.
void move_hits(const Policy& from, HitCounters& from_hits, const Policy& to, HitCounters& to_hits);

}  // namespace portcullis
