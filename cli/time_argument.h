#pragma once

#include <optional>
#include <string>

#include "cli/report.h"
#include "policy/policy.h"

namespace portcullis {

// --at: the time as typed, or now.
Found<Time> time_asked_for(const std::optional<std::string>& text);

}  // namespace portcullis
