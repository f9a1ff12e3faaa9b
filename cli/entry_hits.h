#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/json_text.h"
#include "cli/report.h"
#include "config/entry_line.h"

namespace portcullis {

// An entry that has decided at least one verdict since the daemon began to count.
struct EntryHits {
  std::string text;  // canonical: "192.0.2.0/24", "192.0.2.1-192.0.2.9", ".spam.example"
  std::string file;  // where the daemon read it
  std::uint32_t line = 0;
  std::uint64_t count = 0;
  Time last{};
};

// What the daemon has counted for one class. Entries that are not here have decided nothing since
// `since`, unless the answer is truncated: then those that decided longest ago may be left out.
struct ClassHits {
  Time since{};
  std::vector<EntryHits> entries;  // most recent first
  bool truncated = false;
};

// Asks the daemon that the policy file names. An answer that is not as it should be is an error,
// never a part of one. The texts are the daemon's: show them through shown().
Found<ClassHits> ask_entry_hits(const std::string& policy_file, std::string_view class_name);

// What the daemon's answer to "hits CLASS" says.
Found<ClassHits> parse_entry_hits(const Json& answer);

}  // namespace portcullis
