#include "tests/mta/support/endpoint.h"

#include <array>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace portcullis::testing {

socklen_t to_socket_address(const Endpoint& endpoint, sockaddr_storage& storage) {
  storage = {};
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  ipv4.sin_port = htons(endpoint.port);
  if (inet_pton(AF_INET, endpoint.address.c_str(), &ipv4.sin_addr) == 1) {
    std::memcpy(&storage, &ipv4, sizeof ipv4);
    return sizeof ipv4;
  }
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_port = htons(endpoint.port);
  if (inet_pton(AF_INET6, endpoint.address.c_str(), &ipv6.sin6_addr) == 1) {
    std::memcpy(&storage, &ipv6, sizeof ipv6);
    return sizeof ipv6;
  }
  throw std::runtime_error("\"" + endpoint.address + "\" is not an address");
}

Endpoint from_socket_address(const sockaddr_storage& storage) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &storage, sizeof ipv4);
    inet_ntop(AF_INET, &ipv4.sin_addr, text.data(), text.size());
    return {.address = text.data(), .port = ntohs(ipv4.sin_port)};
  }
  sockaddr_in6 ipv6{};
  std::memcpy(&ipv6, &storage, sizeof ipv6);
  if (IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr)) {
    inet_ntop(AF_INET, &ipv6.sin6_addr.s6_addr[12], text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, &ipv6.sin6_addr, text.data(), text.size());
  }
  return {.address = text.data(), .port = ntohs(ipv6.sin6_port)};
}

}  // namespace portcullis::testing
