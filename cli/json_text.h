#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace portcullis {

// Keys in the order in which they were put in, for people who read it.
using Json = nlohmann::ordered_json;

// Pure ASCII: no byte of a file or of the daemon reaches a terminal as it is. What is not UTF-8
// becomes U+FFFD.
std::string json_text(const Json& json);

}  // namespace portcullis
