#pragma once

#include <string>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "tls/timed_socket.h"

namespace portcullis {

// The SMTP exchange up to "220" for STARTTLS (RFC 3207 section 4): greeting, EHLO, STARTTLS. The
// next byte on the connection belongs to TLS. The Problem quotes what the server answered; a server
// that sends anything behind its answer is refused, for it would be taken for part of TLS. Answers
// are at most kMaxReply bytes.
tl::expected<void, Problem> start_tls(const TimedSocket& socket);

inline constexpr std::size_t kMaxReply = 65536;

}  // namespace portcullis
