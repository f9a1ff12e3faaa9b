#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/list/class_lists.h"
#include "cli/list/contradiction.h"

#include "editing/entry_scope.h"
#include "formats/list_entry.h"

namespace portcullis {

// What becomes of a list file when others are put into it. Lines that stay are the same, byte for
// byte, and so are comments; what is new stands at the end, each client once: of several entries
// for one client the one that holds longest, as the policy takes it.
struct MergedList {
  std::string text;
  std::size_t added = 0;
  // Of what is added, in the order of its lines; the first of which is `first_added`.
  std::vector<EntryScope> scopes;
  std::vector<std::optional<Time>> expires;
  std::uint32_t first_added = 0;
  std::size_t already_there = 0;  // in whatever spelling
  std::size_t removed = 0;        // lines of entries
  std::size_t expired = 0;        // new entries that are left out: they have expired
  // Of a replaced list: different clients that it named until now, and those of them that it names
  // no more. What has expired is not counted; a client with another expiry is not lost.
  std::size_t before = 0;
  std::size_t lost = 0;
};

// The list file `path` (its text: `text`) of a class, and where its other entries stand.
struct MergeTarget {
  const std::string* policy_file = nullptr;
  const ClassLists* lists = nullptr;
  std::string path;
  std::string text;
};

// Adds what no list of the class holds. An entry there that has expired makes room for a new one.
MergedList merge_entries(const MergeTarget& target, const std::vector<ListEntry>& entries,
                         Time now);

// Makes the list hold these entries and no others. A line that names the same with the same expiry
// stays. Precondition: no entry is a ListedSender.
MergedList replace_entries(const MergeTarget& target, const std::vector<ListEntry>& entries,
                           Time now);

// What was added to the target, for find_contradictions(). Takes it out of `merged`.
NewEntries new_entries(const MergeTarget& target, EntryAuthor author, MergedList& merged);

// The entries of the list file alone.
std::vector<ListEntry> entries_of(const MergeTarget& target);

}  // namespace portcullis
