#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include "config/diagnostic.h"

namespace portcullis {

// One JSON value (RFC 8259) and nothing behind it. Refuses an object that names a key twice, of
// which programs keep one or the other. Throws nothing; at most 64 levels deep.
tl::expected<nlohmann::json, Problem> parse_json(std::string_view text);

// The string that `object` has as `key`; empty if it has none.
std::string json_string(const nlohmann::json& object, const char* key);

}  // namespace portcullis
