#include "tls/date_text.h"

#include <fmt/chrono.h>

namespace portcullis {

std::string date_text(Time time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", time);
}

}  // namespace portcullis
