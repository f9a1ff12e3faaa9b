#include "policy/listener_changes.h"

#include <cstddef>
#include <optional>
#include <utility>

namespace portcullis {
namespace {

template <typename Number>
std::string or_word(const std::optional<Number>& number, const char* unset) {
  return number ? std::to_string(*number) : unset;
}

std::string addresses_text(const ListenAddresses& addresses) {
  switch (addresses.kind) {
    case ListenAddresses::Kind::all:
      return "all";
    case ListenAddresses::Kind::loopback:
      return "loopback";
    case ListenAddresses::Kind::chosen:
      break;
  }
  std::string text;
  for (const IpAddress& address : addresses.chosen) {
    if (!text.empty()) text += ", ";
    text += address.to_string();
  }
  return text;
}

using Settings = std::vector<std::pair<std::string_view, std::string>>;

Settings settings_of(const Listener& l) {
  return {
      {"role", std::string(to_string(l.role))},
      {"address", addresses_text(l.addresses)},
      {"port", std::to_string(l.port)},
      {"implicit_tls_port", or_word(l.implicit_tls_port, "off")},
      {"daemon_name", l.daemon_name},
      {"default", l.default_action == ListenerDefault::accept ? "accept" : "deny"},
      {"reply", l.reply ? l.reply->to_string() : "unset"},
      {"answer_at", l.answer_at ? std::string(to_string(*l.answer_at)) : "unset"},
      {"mode", std::string(to_string(l.mode))},
      {"max_connections", or_word(l.max_connections, "unlimited")},
      {"max_connections_per_client", or_word(l.max_connections_per_client, "unlimited")},
      {"client_prefix_ipv4", std::to_string(l.client_prefix_ipv4)},
      {"client_prefix_ipv6", std::to_string(l.client_prefix_ipv6)},
  };
}

}  // namespace

std::vector<SettingChange> listener_changes(const Listener& before, const Listener& after) {
  const Settings was = settings_of(before);
  const Settings is = settings_of(after);
  std::vector<SettingChange> changes;
  for (std::size_t i = 0; i < was.size(); ++i) {
    if (was[i].second == is[i].second) continue;
    changes.push_back({before.name, was[i].first, was[i].second, is[i].second});
  }
  return changes;
}

}  // namespace portcullis
