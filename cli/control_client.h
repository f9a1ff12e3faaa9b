#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "cli/json_text.h"
#include "cli/report.h"

namespace portcullis {

// Sends one request line ("status", "reload", "reload force") to the daemon's control socket and
// returns the JSON object that it answers. Waits no longer than `patience` in all.
Found<Json> ask_daemon(const std::string& socket_path, std::string_view request,
                       std::chrono::milliseconds patience);

// The same, by the control_socket that the policy file names.
Found<Json> ask_daemon_of(const std::string& policy_file, std::string_view request,
                          std::chrono::milliseconds patience);

}  // namespace portcullis
