#pragma once

#include <cstdint>

namespace portcullis::testing {

// A TCP port that nobody listens on, on 127.0.0.0/8 and ::1 alike. It is below the ephemeral range,
// so that no outgoing connection takes it before our server does, and never the same twice in a
// program or in two that run at once. Connections of a server that is gone may still be in
// TIME_WAIT there: whoever binds it needs SO_REUSEADDR, as every MTA sets it.
std::uint16_t free_port();

}  // namespace portcullis::testing
