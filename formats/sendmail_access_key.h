#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

#include "formats/list_entry.h"

namespace portcullis {

enum class AccessTag : std::uint8_t {
  none,         // clients, senders and recipients at once
  connect,      // "Connect:"
  connections,  // "ClientConn:"
  rate,         // "ClientRate:"
  other,        // "From:", "GreetPause:", what milters and patches have added
};

// The left side of a line of an access map; `written` is all of it.
struct AccessKey {
  AccessTag tag = AccessTag::none;
  std::string_view name;
  std::string_view written;
};
AccessKey split_access_key(std::string_view written);

// Whom a "Connect:" key without its tag names.
struct AccessClient {
  Listed listed;
  std::optional<Problem> warning;
  std::optional<Problem> note;
};
tl::expected<AccessClient, Problem> parse_access_client(std::string_view name);

}  // namespace portcullis
