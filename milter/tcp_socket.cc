#include "milter/tcp_socket.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include <netdb.h>
#include <sys/socket.h>
#include <sysexits.h>

namespace portcullis {

Started<FileDescriptor> bind_tcp_socket(const TcpSocketAddress& address) {
  addrinfo hints{};
  hints.ai_family = address.family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* answers = nullptr;
  const char* host = address.host.empty() ? nullptr : address.host.c_str();
  if (const int error = ::getaddrinfo(host, address.port.c_str(), &hints, &answers); error != 0) {
    return start_error(EX_NOHOST, "cannot find the address of " + to_string(address) + ": " +
                                      ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(answers, &::freeaddrinfo);
  FileDescriptor bound(::socket(answers->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (!bound || ::setsockopt(bound.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(bound.get(), answers->ai_addr, answers->ai_addrlen) != 0) {
    return start_error(EX_UNAVAILABLE,
                       "cannot bind " + to_string(address) + ": " + std::strerror(errno));
  }
  return bound;
}

}  // namespace portcullis
