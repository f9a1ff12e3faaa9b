#pragma once

#include <cstdint>

#include "milter/start_error.h"

namespace portcullis {

// Descriptors that are not milter sessions: lists being read, logs, control connections, and
// connections that the session cap is about to refuse.
inline constexpr std::uint32_t kReservedDescriptors = 256;

// Lets the process open max_sessions + kReservedDescriptors descriptors. libmilter spins on
// accept() without a word when it runs out of them, so a daemon that cannot have them must not
// start. Error: the limit cannot be raised; the message names the figure.
Started<void> raise_descriptor_limit(std::uint32_t max_sessions);

}  // namespace portcullis
