#pragma once

#include <chrono>
#include <string>

#include <tl/expected.hpp>

#include "contrib/mta_configuration.h"

namespace portcullis {

// Connects to the endpoint as a client does: it must greet, and a TLS handshake must work where the
// endpoint has TLS. A greeting of 4xx or 5xx is an answer where no TLS is due: a client that is
// denied is served too. The text says what is wrong. Bounded in time and in what it reads; blocks.
tl::expected<void, std::string> ask_endpoint(const MtaEndpoint& endpoint,
                                             std::chrono::milliseconds patience);

}  // namespace portcullis
