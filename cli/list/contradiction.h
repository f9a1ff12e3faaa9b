#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/list/class_lists.h"
#include "cli/list/finding.h"
#include "config/text_source.h"
#include "policy/policy.h"

#include "editing/list_document.h"

namespace portcullis {

// Entries that are to be added to a class.
struct NewEntries {
  std::string class_name;
  std::vector<EntryScope> scopes;
  std::optional<Time> expires;
  // An old entry of the class that they take the place of: it is not compared with.
  std::optional<EntryScope> instead_of = {};
};

// What the new entries mean beside those that are in force on the same listeners, as evaluation
// goes (exempt, then the longest prefix, then permit):
//   needs force  the same clients with another action; an entry that another one leaves without any
//                effect, the new one or an old one
//   a note       an exception to a wider entry, or exceptions to the new one
// `policy` is the one that would be in force. Entries that have expired at `now` do not count.
// Cost: one pass over all lists for all new entries together, and a comparison of each pair.
Findings find_contradictions(const std::string& policy_file, const std::vector<ClassLists>& classes,
                             const TextSource& texts, const Policy& policy, const NewEntries& added,
                             Time now);

}  // namespace portcullis
