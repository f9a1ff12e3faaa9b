#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "milter/daemon_context.h"

namespace portcullis {

// How often the entries of a class have decided, as one line of JSON:
//   {"ok": true, "class", "since", "entries": [{"text", "file", "line", "count", "last"}...],
//   "truncated"}
// `since` is when the daemon began to count. Only entries with hits, the most recent first, at most
// kMaxReportedHits of them and no more than fit into kMaxHitsLine bytes; what is left out makes
// "truncated" true. Nothing if the policy in force has no such class. Any thread may call.
inline constexpr std::size_t kMaxReportedHits = 100'000;
inline constexpr std::size_t kMaxHitsLine = 32 << 20;
std::optional<std::string> hits_json(DaemonContext& daemon, std::string_view class_name);

// The addresses of all clients that have a session now, each once, at most kMaxReportedPeers:
//   {"ok": true, "peers": [text...], "truncated"}
inline constexpr std::size_t kMaxReportedPeers = 100'000;
std::string peers_json(DaemonContext& daemon);

}  // namespace portcullis
