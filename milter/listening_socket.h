#pragma once

#include <functional>
#include <optional>
#include <string>

#include <sys/types.h>

#include "milter/file_descriptor.h"
#include "milter/lock_file.h"
#include "milter/socket_address.h"
#include "milter/start_error.h"

namespace portcullis {

// Who may connect to a Unix socket. Ignored for TCP.
struct SocketAccess {
  mode_t mode = 0660;
  uid_t owner = static_cast<uid_t>(-1);  // -1: as the process has it
  gid_t group = static_cast<gid_t>(-1);
};

// ListeningSocket is a socket that we have bound and listen on, with the rights it must have from
// its first moment, and with the care that a path needs:
//  - a lock file beside it (PATH.lock) keeps a second instance out;
//  - a socket that nobody listens on is replaced, a live one never;
//  - anything else at the path (a file, a link, a directory) is left alone, and is an error.
// For one thread.
class ListeningSocket {
 public:
  static Started<ListeningSocket> open(const SocketAddress& address, const SocketAccess& access);

  int descriptor() const { return socket_.get(); }
  const SocketAddress& address() const { return address_; }

  // Closes our socket and lets `bind` make another one at the same path, with the same rights.
  // For a libmilter that takes no descriptor. `bind` says whether it could.
  bool rebind(const std::function<bool()>& bind);

  // Binds another socket at the path, with the same rights, if the path no longer leads to ours: it
  // was deleted, or is another's. The new one takes the place of ours behind the descriptor, which
  // stays, so that whoever polls it serves the new one from its next call on. True if that was
  // needed. Error: it was needed, and cannot be; nobody can connect any more.
  Started<bool> restore_path();

  // Removes the path if it still leads to our socket: new clients are refused from now on. A
  // process that may not write to the directory leaves it for the next start to replace.
  void remove_path() noexcept;

 private:
  // Which file the path led to when we had bound it.
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };
  static std::optional<Identity> identify(const std::string& path) noexcept;

  ListeningSocket(SocketAddress address, SocketAccess access, std::optional<LockFile> lock,
                  FileDescriptor socket);

  SocketAddress address_;
  SocketAccess access_;
  std::optional<LockFile> lock_;  // Unix sockets only
  FileDescriptor socket_;
  std::optional<Identity> identity_;  // Unix sockets only
};

}  // namespace portcullis
