#pragma once

#include <optional>
#include <string_view>

#include "policy/network_entries.h"

namespace portcullis {

// Times as feeds write them in their headers. Nothing if the text is no such time; the day of the
// week is not compared with the date.

// "Mon, 17 Feb 2025 09:00:00 GMT" (IMF-fixdate of RFC 9110 section 5.6.7), with "UTC" too.
std::optional<Time> parse_http_date(std::string_view text);

// "Mon Feb 17 09:00:00 UTC 2025", as date -u writes it in the C locale.
std::optional<Time> parse_unix_date(std::string_view text);

// Seconds since 1970, up to the year 9999.
std::optional<Time> time_from_seconds(std::uint64_t seconds);

}  // namespace portcullis
