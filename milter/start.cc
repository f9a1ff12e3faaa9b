#include "milter/start.h"

#include <algorithm>
#include <utility>

#include <sysexits.h>

#include "milter/descriptor_limit.h"

namespace portcullis {
namespace {

tl::unexpected<StartError> policy_error(const Diagnostics& diagnostics) {
  std::string text = diagnostics.format_all();
  while (text.ends_with('\n')) text.pop_back();
  return start_error(EX_CONFIG, std::move(text));
}

bool is_about_permission(const Diagnostics& diagnostics) {
  return std::ranges::any_of(diagnostics.sorted(), [](const Diagnostic& diagnostic) {
    return diagnostic.reason.find("ermission denied") != std::string::npos;
  });
}

std::string description(const Identity& identity) {
  const std::string number = std::to_string(identity.uid);
  return identity.user.empty() ? number : '"' + identity.user + "\" (" + number + ')';
}

Started<ListeningSocket> open_milter_socket(const DaemonSettings& settings, const std::string& text,
                                            const Identity& identity) {
  const auto address = parse_socket_address(text);
  if (!address) return start_error(EX_CONFIG, '"' + text + "\" " + address.error());
  const auto group = find_group(settings.socket_group);
  if (!group) return tl::unexpected(group.error());
  SocketAccess access{.mode = static_cast<mode_t>(settings.socket_mode), .group = *group};
  if (identity.drop) access.owner = identity.uid;
  if (identity.drop && settings.socket_group.empty()) access.group = identity.gid;
  return ListeningSocket::open(*address, access);
}

Started<std::optional<ListeningSocket>> open_control_socket(const DaemonSettings& settings,
                                                            const Identity& identity) {
  if (settings.control_socket.empty()) return std::nullopt;
  const auto address = parse_socket_address(settings.control_socket);
  if (!address || !std::holds_alternative<UnixSocketAddress>(*address)) {
    return start_error(EX_CONFIG, "control_socket \"" + settings.control_socket + "\" " +
                                      (address ? "is not a path" : address.error()));
  }
  SocketAccess access{.mode = 0600};
  if (identity.drop) access = {.mode = 0600, .owner = identity.uid, .group = identity.gid};
  auto socket = ListeningSocket::open(*address, access);
  if (!socket) return tl::unexpected(std::move(socket.error()));
  return std::move(*socket);
}

}  // namespace

Started<DaemonSettings> read_settings(const std::string& policy_file) {
  auto settings = load_daemon_settings(policy_file);
  if (settings) return std::move(*settings);
  // The whole file may have more to say, and all of it is to be said at once.
  const auto policy = load_policy(policy_file);
  return policy_error(policy ? settings.error() : policy.error());
}

Started<BoundSockets> bind_and_drop(const DaemonSettings& settings,
                                    const std::string& milter_socket) {
  auto identity = find_identity(settings.user);
  if (!identity) return tl::unexpected(std::move(identity.error()));
  if (auto raised = raise_descriptor_limit(settings.max_sessions); !raised) {
    return tl::unexpected(std::move(raised.error()));
  }
  auto milter = open_milter_socket(settings, milter_socket, *identity);
  if (!milter) return tl::unexpected(std::move(milter.error()));
  auto control = open_control_socket(settings, *identity);
  Started<void> ready;
  if (control) {
    ready = MilterServer::prepare(*milter);
  } else {
    ready = tl::unexpected(std::move(control.error()));
  }
  if (ready) ready = assume_identity(*identity);
  if (ready) return BoundSockets{*identity, std::move(*milter), std::move(*control)};
  milter->remove_path();
  if (control && *control) (*control)->remove_path();
  return tl::unexpected(std::move(ready.error()));
}

Started<LoadedPolicy> read_policy(const std::string& policy_file, const Identity& identity) {
  auto loaded = load_policy(policy_file);
  if (loaded) return std::move(*loaded);
  auto error = policy_error(loaded.error());
  if (is_about_permission(loaded.error())) {
    error.value().message += "\nportcullisd reads its policy as user " + description(identity) +
                             ": let this user read the files named above";
  }
  return error;
}

}  // namespace portcullis
