#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/explanation.h"

namespace portcullis {

// Connections that are open now, as the running daemon counts them; what it does not say is empty.
struct LiveCounts {
  std::optional<std::uint64_t> client;        // of the client's network on the listener
  std::optional<std::uint64_t> client_class;  // over all its listeners
  std::optional<std::uint64_t> listener;
};

// Asks the daemon of this policy file. Empty if there is none that answers at once, or if the
// client is not counted.
std::optional<LiveCounts> live_counts(const std::string& policy_file,
                                      const Explanation& explanation);

}  // namespace portcullis
