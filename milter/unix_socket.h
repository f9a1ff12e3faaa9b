#pragma once

#include <string>

#include "milter/file_descriptor.h"
#include "milter/listening_socket.h"
#include "milter/start_error.h"

namespace portcullis {

// A bound Unix socket at `path`, non-blocking and close-on-exec, with its mode, owner and group.
// Replaces a socket there that refuses connections; never one that accepts them, and never anything
// that is not a socket. Any thread may call it: one waits for the other, and a file that a third
// one makes meanwhile may get a narrower mode than it asked for. Precondition: `path` fits into
// sockaddr_un, and the caller holds its lock.
Started<FileDescriptor> bind_unix_socket(const std::string& path, const SocketAccess& access);

}  // namespace portcullis
