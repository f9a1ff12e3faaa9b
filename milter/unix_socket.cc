#include "milter/unix_socket.h"

#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

namespace portcullis {
namespace {

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());  // the rest is zero
  return address;
}

FileDescriptor unix_stream() {
  return FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// The umask is the whole process's, and the daemon's two sockets may be made again at one time.
std::mutex& umask_in_use() {
  static std::mutex mutex;
  return mutex;
}

int bind_to(int socket, const std::string& path) {
  const sockaddr_un address = unix_address(path);
  return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

// " (process 1234)", as the kernel knows it, of the one who listens at the other end.
std::string listening_process(int connected) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(connected, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid <= 0) {
    return {};
  }
  return " (process " + std::to_string(peer.pid) + ")";
}

StartError in_the_way(const std::string& path, const std::string& why) {
  return {EX_UNAVAILABLE, "will not replace " + path + ": " + why};
}

// Why what stands at the path must stay there, or nothing if it is a dead socket.
std::optional<StartError> obstacle(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return std::nullopt;  // gone in the meantime
    return in_the_way(path, std::strerror(errno));
  }
  if (!S_ISSOCK(status.st_mode)) return in_the_way(path, "it is not a socket");
  const FileDescriptor probe = unix_stream();
  const sockaddr_un address = unix_address(path);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return in_the_way(path, "a process listens on it" + listening_process(probe.get()));
  }
  if (errno == ECONNREFUSED || errno == ENOENT) return std::nullopt;
  if (errno == EAGAIN) return in_the_way(path, "a busy process listens on it");
  return in_the_way(path, std::string("it cannot be told whether a process listens on it: ") +
                              std::strerror(errno));
}

}  // namespace

Started<FileDescriptor> bind_unix_socket(const std::string& path, const SocketAccess& access) {
  FileDescriptor bound = unix_stream();
  // The file gets its mode when it is made: at no moment is it wider than it may be.
  const std::scoped_lock lock(umask_in_use());
  const mode_t before = ::umask(0777 & ~access.mode);
  int result = bind_to(bound.get(), path);
  if (result != 0 && errno == EADDRINUSE) {
    if (auto blocked = obstacle(path)) {
      ::umask(before);
      return tl::unexpected(std::move(*blocked));
    }
    ::unlink(path.c_str());
    result = bind_to(bound.get(), path);
  }
  const int error = errno;
  ::umask(before);
  if (result != 0) {
    return start_error(EX_CANTCREAT,
                       "cannot make the socket " + path + ": " + std::strerror(error));
  }
  if (::lchown(path.c_str(), access.owner, access.group) != 0) {
    const std::string reason = std::strerror(errno);
    ::unlink(path.c_str());
    return start_error(EX_NOPERM, "cannot give the socket " + path + " its owner: " + reason);
  }
  return bound;
}

}  // namespace portcullis
