#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/mta_settings.h"

namespace portcullis::sendmail {

// A sendmail.mc, or a file that it includes, as portcullis leaves it: everything of the
// administrator's stays, but what portcullis.m4 says too is put behind kTakenAway, a line each.
inline constexpr std::string_view kTakenAway = "dnl portcullis: ";

// With the daemons on addresses and ports of these listeners, and an INPUT_MAIL_FILTER called
// portcullis, taken away; what an earlier run took away and nobody says now is back. Pure; the same
// again if it is applied to its result.
std::string without_what_we_say(std::string_view text, const MtaSettings& settings);

// The same with the line, between marks, that includes `file`, before the first MAILER.
// `default_daemon`: the one on port 25 that Sendmail has without any DAEMON_OPTIONS stays.
std::string with_include(std::string_view text, std::string_view file, bool default_daemon = false);

// Whether it has DAEMON_OPTIONS of the administrator's, taken away or not.
bool names_daemons(std::string_view text);

// What is taken away in a text, as it was written.
std::vector<std::string> taken_away(std::string_view text);

bool has_include(std::string_view text);

// Files that include() names with a whole path.
std::vector<std::string> included_files(std::string_view text);

}  // namespace portcullis::sendmail
