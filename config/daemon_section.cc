#include "config/daemon_section.h"

namespace portcullis {
namespace {

constexpr unsigned kOthersMayWrite = 0002;

void check_socket_mode(const Section& section, unsigned mode) {
  if ((mode & kOthersMayWrite) == 0) return;
  section.warning("socket_mode", "lets every user of this host be the MTA",
                  "write 0660, and the MTA's group as socket_group");
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
  return settings;
}

}  // namespace portcullis
