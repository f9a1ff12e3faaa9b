#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include <sys/socket.h>

namespace portcullis::testing {

// One end of a TCP connection. The address is plain text without brackets: "127.0.0.5", "::1".
struct Endpoint {
  std::string address;
  std::uint16_t port = 0;

  auto operator<=>(const Endpoint&) const = default;
  bool is_ipv6() const { return address.find(':') != std::string::npos; }
};

// Fills `storage` and returns its length; throws if the address is not numeric.
socklen_t to_socket_address(const Endpoint& endpoint, sockaddr_storage& storage);

// IPv4-mapped IPv6, as a dual-stack listener sees its IPv4 clients, is folded to IPv4.
Endpoint from_socket_address(const sockaddr_storage& storage);

}  // namespace portcullis::testing
