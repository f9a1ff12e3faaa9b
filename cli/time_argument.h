#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cli/report.h"
#include "policy/policy.h"

namespace portcullis {

// --at: the time as typed, or now.
Found<Time> time_asked_for(const std::optional<std::string>& text);

// A duration as typed, such as "7d": from a second to ten years, so that time and duration can be
// added.
Found<std::chrono::seconds> duration_asked_for(const std::string& text);

}  // namespace portcullis
