#pragma once

#include <optional>

#include "cli/explanation.h"
#include "cli/json_text.h"
#include "cli/live_counts.h"

namespace portcullis {

// What `portcullis explain ADDRESS --json` prints; portcullis-explain(1) describes the keys.
Json explanation_json(const Explanation& explanation, const std::optional<LiveCounts>& live);

// {"text", "file", "line"}, or null.
Json entry_json(const std::optional<EntryDescription>& entry);

}  // namespace portcullis
