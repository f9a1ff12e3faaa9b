#pragma once

#include <optional>
#include <string>

#include "cli/explanation.h"
#include "cli/live_counts.h"

namespace portcullis {

// What `portcullis explain ADDRESS` prints. Fit for a terminal.
std::string explanation_text(const Explanation& explanation, const std::optional<LiveCounts>& live);

}  // namespace portcullis
