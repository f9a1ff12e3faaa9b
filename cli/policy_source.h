#pragma once

#include <string>

#include "cli/report.h"
#include "config/policy_file.h"

namespace portcullis {

// The policy, or all that is wrong with it and the fitting exit code.
Found<LoadedPolicy> open_policy(const std::string& path);

// The [daemon] section alone: what it takes to reach the daemon, however wrong the rest may be.
Found<DaemonSettings> open_daemon_settings(const std::string& path);

// Its [certificate NAME] sections and the listeners that name them, however wrong the rest may be.
Found<MtaSettings> open_certificates(const std::string& path);

// Why a policy could not be loaded: it is not there, may not be read, or has errors.
ExitCode exit_code_of_bad_policy(const std::string& path);

}  // namespace portcullis
