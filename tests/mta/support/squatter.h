#pragma once

#include <cstdint>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/mta/support/free_port.h"

namespace portcullis::testing {

// Another program on a port.
class Squatter {
 public:
  explicit Squatter(std::uint16_t port = free_port()) : port_(port) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port_);
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(socket_, 16);
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
