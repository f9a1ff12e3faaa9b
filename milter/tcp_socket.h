#pragma once

#include "milter/file_descriptor.h"
#include "milter/socket_address.h"
#include "milter/start_error.h"

namespace portcullis {

// A bound TCP socket, non-blocking and close-on-exec. Asks the resolver for the host: only for the
// start of the daemon. Error: nothing of that name, or the port is taken.
Started<FileDescriptor> bind_tcp_socket(const TcpSocketAddress& address);

}  // namespace portcullis
