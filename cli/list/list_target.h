#pragma once

#include <optional>
#include <string>

#include "cli/list/class_lists.h"
#include "cli/report.h"

namespace portcullis {

// The list file of a class that an edit is about: the only one, or the one that `file` (--file)
// names: as the policy has it, by its path, or by the last part of that. Fails, with what there is
// to choose from, if it is none or several.
Found<NamedList> list_target(const std::string& policy_file, const ClassLists& lists,
                             const std::optional<std::string>& file);

}  // namespace portcullis
