#pragma once

#include <string>
#include <vector>

#include "policy/prefix_outcome.h"

namespace portcullis::bench {

// The bytes of a MaxMind DB file, format 2.0 (https://maxmind.github.io/MaxMind-DB/), that gives
// every address its outcome as an unsigned number, for `sorted` entries of one family. Empty if the
// tree needs more nodes than the format can number.
std::string mmdb_of(const std::vector<PrefixOutcome>& sorted);

}  // namespace portcullis::bench
