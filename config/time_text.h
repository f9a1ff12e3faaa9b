#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "config/entry_text.h"
#include "policy/policy.h"

namespace portcullis {

// Times as people write and read them everywhere in Portcullis: RFC 3339, UTC, to the second,
// years 0000 to 9999: "2027-01-31T00:00:00Z". Pure.

// Nothing but that form is taken.
tl::expected<Time, Problem> parse_time(std::string_view text);

// The other way; brings back what parse_time() took. Exact for every year that it takes, which
// formatting a std::chrono::sys_time is not: that goes through nanoseconds, which end in 2262.
std::string time_text(Time time);

}  // namespace portcullis
