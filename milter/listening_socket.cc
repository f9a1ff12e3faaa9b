#include "milter/listening_socket.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "milter/tcp_socket.h"
#include "milter/unix_socket.h"

namespace portcullis {
namespace {

// A burst of connections waits in the kernel instead of being refused; the kernel lowers it to
// net.core.somaxconn, 4096 on Debian.
constexpr int kBacklog = 4096;

}  // namespace

ListeningSocket::ListeningSocket(SocketAddress address, SocketAccess access,
                                 std::optional<LockFile> lock, FileDescriptor socket)
    : address_(std::move(address)),
      access_(access),
      lock_(std::move(lock)),
      socket_(std::move(socket)) {
  if (const auto* local = std::get_if<UnixSocketAddress>(&address_)) {
    identity_ = identify(local->path);
  }
}

Started<ListeningSocket> ListeningSocket::open(const SocketAddress& address,
                                               const SocketAccess& access) {
  std::optional<LockFile> lock;
  Started<FileDescriptor> bound;
  if (const auto* local = std::get_if<UnixSocketAddress>(&address)) {
    auto acquired = LockFile::acquire(local->path + ".lock", access.owner);
    if (!acquired) return tl::unexpected(std::move(acquired.error()));
    lock.emplace(std::move(*acquired));
    bound = bind_unix_socket(local->path, access);
  } else {
    bound = bind_tcp_socket(std::get<TcpSocketAddress>(address));
  }
  if (!bound) return tl::unexpected(std::move(bound.error()));
  ListeningSocket socket(address, access, std::move(lock), std::move(*bound));
  if (::listen(socket.descriptor(), kBacklog) != 0) {
    const std::string reason = std::strerror(errno);
    socket.remove_path();
    return start_error(EX_UNAVAILABLE, "cannot listen on " + to_string(address) + ": " + reason);
  }
  return socket;
}

bool ListeningSocket::rebind(const std::function<bool()>& bind) {
  remove_path();
  socket_.reset();
  const mode_t before = ::umask(0777 & ~access_.mode);
  const bool bound = bind();
  ::umask(before);
  if (!bound) return false;
  const auto* local = std::get_if<UnixSocketAddress>(&address_);
  if (local == nullptr) return true;
  identity_ = identify(local->path);
  return ::lchown(local->path.c_str(), access_.owner, access_.group) == 0;
}

Started<bool> ListeningSocket::restore_path() {
  const auto* local = std::get_if<UnixSocketAddress>(&address_);
  if (local == nullptr || !identity_ || identify(local->path) == identity_) return false;
  auto bound = bind_unix_socket(local->path, access_);
  if (!bound) return tl::unexpected(std::move(bound.error()));
  // Of a libmilter that takes no descriptor we have none to put it behind.
  if (::listen(bound->get(), kBacklog) != 0 || !socket_ ||
      ::dup3(bound->get(), socket_.get(), O_CLOEXEC) < 0) {
    ::unlink(local->path.c_str());
    return start_error(EX_UNAVAILABLE, "cannot listen on " + to_string(address_) + " again");
  }
  identity_ = identify(local->path);
  return true;
}

void ListeningSocket::remove_path() noexcept {
  const auto* local = std::get_if<UnixSocketAddress>(&address_);
  if (local == nullptr || !identity_ || identify(local->path) != identity_) return;
  ::unlink(local->path.c_str());
  identity_.reset();
}

std::optional<ListeningSocket::Identity> ListeningSocket::identify(
    const std::string& path) noexcept {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return std::nullopt;
  return Identity{status.st_dev, status.st_ino};
}

}  // namespace portcullis
