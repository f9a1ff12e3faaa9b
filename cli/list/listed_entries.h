#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "cli/list/class_lists.h"
#include "config/diagnostic.h"
#include "config/entry_line.h"
#include "config/text_source.h"

namespace portcullis {

// An entry of a class where it stands. Valid while it is visited.
struct ListedEntry {
  EntryLine entry;
  std::string_view comment;
  const std::string* file = nullptr;
  std::uint32_t line = 0;
};

// Calls `visit` for every entry of a class: those of its list files, then those in the policy file
// itself. What cannot be read is reported and left out. Cost: one pass over the lists.
void visit_entries(const std::string& policy_file, const ClassLists& lists, const TextSource& texts,
                   Diagnostics& diagnostics, const std::function<void(const ListedEntry&)>& visit);

}  // namespace portcullis
