#pragma once

#include <string>

#include "milter/daemon_context.h"

namespace portcullis {

// The daemon's state as one line of JSON, for `portcullis status`. Stable keys:
//   version, pid, policy (the file), generation, age_seconds (of the policy), uptime_seconds,
//   sessions (live milter sessions), max_sessions, draining, counted (connections that count
//   against limits), client_networks (that hold one), entries, listeners {name: {connections}},
//   classes {name: {connections, entries}}, reloads {ok, failed}, verdicts {continue, tempfail,
//   reject, would_tempfail, would_reject}, no_session, internal_errors, refused_over_max_sessions,
//   refused_draining, log_dropped.
// The connections of the listeners add up to `counted` in every answer. Any thread may call.
std::string status_json(DaemonContext& daemon);

}  // namespace portcullis
