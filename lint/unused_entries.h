#pragma once

#include <chrono>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/diagnostic.h"
#include "config/policy_file.h"
#include "policy/network_entries.h"

namespace portcullis {

// When the entries of one class last decided a verdict, by what a daemon has counted.
struct ClassUse {
  Time since{};                                // when it began to count
  std::unordered_map<std::string, Time> last;  // by EntryDescription::text
  bool complete = true;  // false: entries that are not in `last` may have decided too
};

// What decides whether an entry is unused.
struct UnusedInput {
  std::string path;                    // of the policy file
  const LoadedPolicy& loaded;          // may be newer than the policy that was counted under
  const std::vector<ClassUse>& usage;  // by ClassIndex; each counts for `age` or longer
  Time now{};
  std::chrono::seconds age{};
};

// The entries in force at `now` that have decided nothing within `age`: the warning "unused-entry",
// once for each, of a range too. Of whom nothing is known is never among them: a note
// "unknown-use" tells how many those are in a class. The first kMaxShownOfACode (lint.h) are kept
// in the order of files and lines, and the rest is counted.
//
// Reads no file and no clock. Cost: one pass over the entries, each of which is written as text.
Diagnostics find_unused_entries(const UnusedInput& input);

}  // namespace portcullis
