#pragma once

#include <optional>
#include <vector>

#include <sys/types.h>

#include "tests/mta/support/endpoint.h"

namespace portcullis::testing {

// Which of `candidates` holds the server's end of the TCP connection between `server` and `client`,
// as /proc knows it. Nothing if none of them does (yet).
std::optional<pid_t> socket_owner(const std::vector<pid_t>& candidates, const Endpoint& server,
                                  const Endpoint& client);

// The processes that are children of `parent` now and whose program is called `program`.
std::vector<pid_t> children_of(pid_t parent, const std::string& program);

}  // namespace portcullis::testing
