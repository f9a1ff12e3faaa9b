#pragma once

#include <string>

#include "cli/json_text.h"
#include "cli/judged_clients.h"

namespace portcullis {

// As a table, or as JSON: {"clients": [{"address", "name", "listener", "times", "verdict",
// "enforced", "action", "class", "entry", "reply", "against": the same or null}], "all_clients",
// "all_connections"}.
std::string to_text(const JudgedClients& judged);
Json to_json(const JudgedClients& judged);

}  // namespace portcullis
