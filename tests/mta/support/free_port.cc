#include "tests/mta/support/free_port.h"

#include <random>
#include <set>
#include <stdexcept>

#include <netinet/in.h>
#include <sys/socket.h>
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

}  // namespace

std::uint16_t free_port() {
  static std::set<std::uint16_t> given;
  static std::mt19937 random{std::random_device{}()};  // tests that run at once rarely meet
  std::uniform_int_distribution<int> ports(20000, 32000);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const auto port = static_cast<std::uint16_t>(ports(random));
    if (is_free(port) && given.insert(port).second) return port;
  }
  throw std::runtime_error("no free port between 20000 and 32000");
}

}  // namespace portcullis::testing
