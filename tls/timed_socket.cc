#include "tls/timed_socket.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace portcullis {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

// 0, or errno's value.
int connected(const TimedSocket& socket, const addrinfo& address) {
  if (::connect(socket.fd(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!socket.wait_for(POLLOUT)) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

}  // namespace

tl::expected<TimedSocket, std::string> TimedSocket::connect(const std::string& host,
                                                            std::uint16_t port,
                                                            Clock::time_point deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int looked_up = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (looked_up != 0) return tl::unexpected(std::string(::gai_strerror(looked_up)));
  const Addresses addresses(found, &::freeaddrinfo);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    TimedSocket socket(::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
                       deadline);
    error = socket.fd() < 0 ? errno : connected(socket, *address);
    if (error == 0) return socket;
  }
  return tl::unexpected(std::generic_category().message(error));
}

TimedSocket::TimedSocket(TimedSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), deadline_(other.deadline_) {}

TimedSocket::~TimedSocket() {
  if (fd_ >= 0) ::close(fd_);
}

bool TimedSocket::wait_for(short events) const {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
    if (left <= 0) return false;
    pollfd entry{fd_, events, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

std::string TimedSocket::read_some(std::size_t size) const {
  std::string text(size, '\0');
  while (wait_for(POLLIN)) {
    const ssize_t n = ::recv(fd_, text.data(), text.size(), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    return text;
  }
  return {};
}

bool TimedSocket::write_all(std::string_view text) const {
  while (!text.empty()) {
    if (!wait_for(POLLOUT)) return false;
    const ssize_t n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace portcullis
