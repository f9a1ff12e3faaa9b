#include "tests/mta/support/free_port.h"

#include <cstddef>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace portcullis::testing {
namespace {

template <typename Address>
bool can_bind(int family, const Address& address) {
  const int probe = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return true;  // a machine without this family has no listener in it
  // Connections of earlier runs in TIME_WAIT do not make a port taken; a listener still does.
  const int on = 1;
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) setsockopt(probe, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  const bool bound = bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return bound;
}

bool is_free(std::uint16_t port) {
  sockaddr_in any4{};
  any4.sin_family = AF_INET;
  any4.sin_port = htons(port);
  sockaddr_in6 any6{};
  any6.sin6_family = AF_INET6;
  any6.sin6_port = htons(port);
  return can_bind(AF_INET, any4) && can_bind(AF_INET6, any6);
}

// Takes the port among all tests that run at once, long before anybody listens on it: an abstract
// name (unix(7)) is there once in a network namespace, as a port is, and goes with the process that
// has it. The socket is meant to stay open until then.
bool reserve(std::uint16_t port) {
  const std::string name = "portcullis-test-port-" + std::to_string(port);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const int reservation = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (bind(reservation, reinterpret_cast<const sockaddr*>(&address), length) == 0) return true;
  close(reservation);
  return false;
}

}  // namespace

std::uint16_t free_port() {
  static std::mt19937 random{std::random_device{}()};
  std::uniform_int_distribution<int> ports(20000, 32000);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const auto port = static_cast<std::uint16_t>(ports(random));
    // Reserved first: to look whether it is free takes it for a moment.
    if (reserve(port) && is_free(port)) return port;
  }
  throw std::runtime_error("no free port between 20000 and 32000");
}

}  // namespace portcullis::testing
