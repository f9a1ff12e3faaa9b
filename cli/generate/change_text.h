#pragma once

#include <string>
#include <vector>

#include "cli/json_text.h"
#include "contrib/mta_configuration.h"

namespace portcullis {

// What would change, for people: file by file, "-" before and "+" after, each with the line of the
// policy that it comes from. Fit for a terminal. Says so if there is nothing.
std::string changes_text(const std::vector<MtaChange>& changes, const std::string& policy_file);

// The same for programs: {"changes": [{"file","setting","before","after","line"}...], and the
// findings}.
Json changes_json(const std::vector<MtaChange>& changes, const Diagnostics& found);

}  // namespace portcullis
