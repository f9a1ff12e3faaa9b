#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace portcullis {

enum class OnInternalError : std::uint8_t { tempfail, accept };
enum class LogTarget : std::uint8_t { automatic, syslog, standard_error };

// The [daemon] section: fixed when the daemon starts. The defaults stand in the option table.
struct DaemonSettings {
  std::string socket;  // unix:/path, inet:port@host or inet6:port@host, as libmilter has them
  unsigned socket_mode = 0660;
  std::string socket_group;    // empty: the group that the directory or the process gives it
  std::string control_socket;  // a path
  std::string user;
  std::string state_dir;
  std::uint32_t max_sessions = 8192;
  OnInternalError on_internal_error = OnInternalError::tempfail;
  LogTarget log = LogTarget::automatic;
  std::chrono::seconds drain_timeout{5};

  friend bool operator==(const DaemonSettings&, const DaemonSettings&) = default;
};

}  // namespace portcullis
