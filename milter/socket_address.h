#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <tl/expected.hpp>

namespace portcullis {

struct UnixSocketAddress {
  std::string path;
};

struct TcpSocketAddress {
  int family = 0;    // AF_INET or AF_INET6
  std::string host;  // empty: all addresses
  std::string port;  // decimal, 1 to 65535
};

using SocketAddress = std::variant<UnixSocketAddress, TcpSocketAddress>;

// Reads "unix:/path", "local:/path", "/path", "inet:port@host" or "inet6:port@host", the forms that
// libmilter has; the host may be left out or stand in brackets. A path must fit into sockaddr_un.
// The error is a clause that completes `"text" ...`.
tl::expected<SocketAddress, std::string> parse_socket_address(std::string_view text);

// As libmilter takes it: "unix:/path", "inet:port@host".
std::string to_string(const SocketAddress& address);

}  // namespace portcullis
