#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/list/class_lists.h"
#include "cli/list/entry_relation.h"
#include "cli/list/finding.h"
#include "config/text_source.h"
#include "policy/policy.h"

#include "editing/list_document.h"

namespace portcullis {

// Entries that are to be added to a list of a class, and where they are to stand.
struct NewEntries {
  std::string class_name;
  EntryAuthor author = EntryAuthor::administrator;
  std::string file;
  std::uint32_t first_line = 0;
  // Each once, and each in a line of its own: the first one in `first_line`, and so on.
  std::vector<EntryScope> scopes;
  std::vector<std::optional<Time>> expires;  // of each
};

// What the new entries mean beside those that are in force on the same listeners, as evaluation
// goes (exempt networks, then what is more specific, then permit):
//   needs force  as needs_force() of entry_relation.h says
//   a note       an exception to a wider entry, or exceptions to the new one; what an entry
//                repeats, and what else is worth a look
// `texts` and `policy` are as they would be, with the new entries. Several of NewEntries are added
// together: each is held against what is there, and against the others, of which only that is said
// which needs force, since they are meant to be exceptions to each other. Entries that have expired
// at `now` do not count. Ten new entries of a kind are named, the others counted.
// Cost: for each of `added` a pass over all lists; n new entries among m, O((n + m) log n) and the
// pairs that have to do with each other.
Findings find_contradictions(const std::string& policy_file, const std::vector<ClassLists>& classes,
                             const TextSource& texts, const Policy& policy,
                             std::span<const NewEntries* const> added, Time now);

}  // namespace portcullis
