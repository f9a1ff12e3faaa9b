#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <tl/expected.hpp>

#include "contrib/mta_configuration.h"

namespace portcullis {

enum class EndpointAnswer : std::uint8_t {
  works,
  turns_away,  // greets with 4xx or 5xx, so that its STARTTLS could not be tried
};

// Connects to the endpoint as a client does: it must greet, and a TLS handshake must work where the
// endpoint has TLS. A greeting of 4xx or 5xx is an answer: a client that is denied is served too,
// and a permit list need not name this host. The text says what is wrong. Bounded in time and in
// what it reads; blocks.
tl::expected<EndpointAnswer, std::string> ask_endpoint(const MtaEndpoint& endpoint,
                                                       std::chrono::milliseconds patience);

}  // namespace portcullis
