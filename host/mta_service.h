#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/ip_address.h"

namespace portcullis {

enum class Mta : std::uint8_t { postfix, sendmail };

// "Postfix", "Sendmail".
constexpr const char* to_string(Mta mta) {
  return mta == Mta::postfix ? "Postfix" : "Sendmail";
}

// A limit of the MTA's own, which holds before ours is asked.
struct MtaLimit {
  std::string setting;  // "smtpd_client_connection_count_limit"
  std::uint32_t value = 0;
};

// One SMTP service of the host's MTA, as far as a listener of ours can be told by it.
struct MtaService {
  Mta mta = Mta::postfix;
  std::string where;                 // "Postfix service submission/inet"
  std::string daemon_name;           // what it says in {daemon_name}; may be empty
  std::optional<IpAddress> address;  // none: several, or all
  // Without one: those that it listens on, if they are known and not all.
  std::vector<IpAddress> interfaces = {};
  std::uint16_t port = 0;
  bool asks_milter = false;  // some milter, not necessarily ours
  // None: unlimited.
  std::optional<MtaLimit> max_connections;
  std::optional<MtaLimit> max_connections_per_client;
};

// The number of a port that may be given as a service name: "25", "smtp", "submission". Asks
// getservbyname(3) for names that are none of SMTP's. Not for several threads at once.
std::optional<std::uint16_t> port_number(const std::string& text);

}  // namespace portcullis
