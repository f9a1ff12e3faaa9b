#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/ip_address.h"
#include "policy/smtp_reply.h"
#include "policy/verdict.h"

namespace portcullis {

enum class ListenerRole : std::uint8_t { inbound, outbound, submission };
enum class ListenerDefault : std::uint8_t { accept, deny };

std::string_view to_string(ListenerRole role);

// The addresses that an SMTP service of the MTA listens on.
struct ListenAddresses {
  enum class Kind : std::uint8_t { all, loopback, chosen };
  Kind kind = Kind::all;
  std::vector<IpAddress> chosen;

  bool includes(IpAddress address) const;
};

// One SMTP service of the MTA ([listener NAME]) and what holds for its clients.
struct Listener {
  std::string name;
  std::string daemon_name;  // what the MTA calls it in {daemon_name}
  ListenerRole role = ListenerRole::inbound;
  ListenAddresses addresses;
  std::uint16_t port = 25;
  std::optional<std::uint16_t> implicit_tls_port;
  ListenerDefault default_action = ListenerDefault::accept;
  std::optional<SmtpReply> reply;  // for those whom `default = deny` denies
  std::optional<AnswerAt> answer_at;
  Mode mode = Mode::enforce;
  std::optional<std::uint32_t> max_connections;
  std::optional<std::uint32_t> max_connections_per_client;
  unsigned client_prefix_ipv4 = 32;
  unsigned client_prefix_ipv6 = 64;
};

// What the MTA tells of the service that accepted a connection: the milter macros {daemon_name},
// {daemon_addr} and {daemon_port}, each empty if the MTA did not send it.
struct DaemonMacros {
  std::string_view name;
  std::string_view address;
  std::string_view port;
};

struct ListenerMatch {
  ListenerIndex listener{};
  bool assumed = false;  // nothing matched: the first inbound listener was taken
};

// The listener of this service: by name, else by port and address, else the first of role inbound,
// else the first. Precondition: `listeners` is not empty. O(listeners); does not allocate.
ListenerMatch find_listener(const std::vector<Listener>& listeners, const DaemonMacros& macros);

}  // namespace portcullis
