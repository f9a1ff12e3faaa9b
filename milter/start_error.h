#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace portcullis {

// Why the daemon does not start: what it says, and the code of sysexits(3) it exits with.
struct StartError {
  int exit_code = 0;
  std::string message;
};

template <typename T>
using Started = tl::expected<T, StartError>;

inline tl::unexpected<StartError> start_error(int exit_code, std::string message) {
  return tl::unexpected(StartError{exit_code, std::move(message)});
}

}  // namespace portcullis
