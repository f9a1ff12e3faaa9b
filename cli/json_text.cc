#include "cli/json_text.h"

#include <nlohmann/json.hpp>

namespace portcullis {

std::string json_text(const Json& json) {
  return json.dump(2, ' ', true, Json::error_handler_t::replace) + '\n';
}

}  // namespace portcullis
