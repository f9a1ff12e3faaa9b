#pragma once

#include "config/mta_settings.h"
#include "policy/policy.h"

namespace portcullis {

// All that is wrong at time `at` with the certificates that a policy names, as findings at the
// policy's own lines: [certificate NAME] for certificate, key and chain. Those that no listener
// uses are looked at too. Reads files.
Diagnostics check_policy_certificates(const MtaSettings& settings, Time at);

}  // namespace portcullis
