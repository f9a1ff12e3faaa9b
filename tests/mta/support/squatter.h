#pragma once

#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/mta/support/free_port.h"

namespace portcullis::testing {

// Another program on a port.
class Squatter {
 public:
  explicit Squatter(std::uint16_t port = free_port(), std::uint32_t at = INADDR_LOOPBACK)
      : port_(port) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(at);
    address.sin_port = htons(port_);
    const int on = 1;
    ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket_, 16) != 0) {
      throw std::system_error(errno, std::generic_category(),
                              "port " + std::to_string(port_) + " for a squatter");
    }
  }
  ~Squatter() { ::close(socket_); }
  Squatter(const Squatter&) = delete;
  Squatter& operator=(const Squatter&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_;
  int socket_ = -1;
};

}  // namespace portcullis::testing
