#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/list/class_lists.h"
#include "cli/list/proposed_edit.h"

#include "editing/entry_scope.h"

namespace portcullis {

// Where an entry of a class stands that names what was looked for.
struct EntryPlace {
  std::size_t sought = 0;  // its place among what was looked for
  std::string text;        // as it is written there
  std::string file;
  std::uint32_t line = 0;
  std::optional<Time> expires;
  bool in_target = false;  // in the list that is being edited
};

// All entries of the class, in whatever list and in the policy file itself, that name one of
// `sought` exactly, in whatever spelling. Cost: one pass.
std::vector<EntryPlace> find_places(const CommonOptions& options, const OpenList& list,
                                    const std::vector<EntryScope>& sought);

// The innermost entry of the class that covers `scope` and is wider than it, as
// "192.0.2.0/24 (/etc/portcullis/blocked.list:3)".
std::optional<std::string> covering_entry(const CommonOptions& options, const OpenList& list,
                                          const EntryScope& scope);

}  // namespace portcullis
