#include "config/daemon_section.h"

#include <filesystem>
#include <string_view>

namespace portcullis {
namespace {

constexpr unsigned kOthersMayWrite = 0002;

void check_socket_mode(const Section& section, unsigned mode) {
  if ((mode & kOthersMayWrite) == 0) return;
  section.warning("socket_mode", "lets every user of this host be the MTA",
                  "write 0660, and the MTA's group as socket_group");
}

// Two sockets cannot stand at one path: the daemon would find its own first one there, and take it
// for that of another portcullisd.
void check_sockets_differ(const Section& section, const DaemonSettings& settings) {
  constexpr std::string_view kUnix = "unix:";
  const std::string_view socket = settings.socket;
  if (!socket.starts_with(kUnix)) return;
  const std::filesystem::path milter(socket.substr(kUnix.size()));
  const std::filesystem::path control(settings.control_socket);
  if (milter.lexically_normal() != control.lexically_normal()) return;
  const bool control_is_written = section.has("control_socket");
  section.error(
      control_is_written ? "control_socket" : "socket",
      control_is_written ? "is the path of socket too" : "is the path of control_socket too",
      "give each a path of its own");
}

}  // namespace

DaemonSettings read_daemon_section(const Section& section) {
  // Whatever is missing here has been reported, and the settings are thrown away.
  DaemonSettings settings;
  settings.socket = section.value("socket", parse_socket).value_or("");
  settings.socket_mode = section.value("socket_mode", parse_mode).value_or(0);
  settings.socket_group = section.value("socket_group", parse_word).value_or("");
  settings.control_socket = section.value("control_socket", parse_path).value_or("");
  settings.user = section.value("user", parse_word).value_or("");
  settings.state_dir = section.value("state_dir", parse_path).value_or("");
  settings.max_sessions = section.value("max_sessions", parse_number).value_or(0);
  settings.on_internal_error =
      section.choice<OnInternalError>("on_internal_error").value_or(OnInternalError::tempfail);
  settings.log = section.choice<LogTarget>("log").value_or(LogTarget::automatic);
  settings.drain_timeout =
      section.value("drain_timeout", parse_duration).value_or(std::chrono::seconds(0));
  check_socket_mode(section, settings.socket_mode);
  check_sockets_differ(section, settings);
  return settings;
}

}  // namespace portcullis
