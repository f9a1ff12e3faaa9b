#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "config/daemon_settings.h"
#include "milter/counters.h"
#include "milter/current_policy.h"
#include "milter/live_peers.h"
#include "milter/live_sessions.h"
#include "milter/logging.h"
#include "milter/policy_succession.h"
#include "milter/service_warnings.h"
#include "policy/connection_table.h"
#include "policy/smtp_reply.h"

namespace portcullis {

// Everything that sessions share. Made once, before the first session, and never destroyed while
// one may live: the daemon leaves by _exit(2). Every part may be used by any thread.
struct DaemonContext {
  DaemonContext(DaemonSettings fixed, std::string file, Log& to, std::uint64_t seed,
                std::function<void()> when_drained)
      : settings(std::move(fixed)),
        policy_file(std::move(file)),
        log(to),
        connections(seed),
        sessions(settings.max_sessions, std::move(when_drained)),
        service_warnings(to) {}

  const DaemonSettings settings;
  const std::string policy_file;
  const std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  // When the hits of entries began to be counted. A reload keeps them.
  const Time counting_since =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  Log& log;
  ConnectionTable connections;
  CurrentPolicy policy;
  PolicySuccession succession{policy};
  Counters counters;
  LiveSessions sessions;
  LivePeers peers;
  ServiceWarnings service_warnings;

  // Our own replies, where the policy has no word.
  const SmtpReply busy_reply = SmtpReply::known("451 4.3.2 Too many sessions, try again later");
  const SmtpReply draining_reply = SmtpReply::known("451 4.3.2 Service is restarting");
  const SmtpReply internal_error_reply = SmtpReply::known("451 4.3.0 Temporary internal error");
};

}  // namespace portcullis
