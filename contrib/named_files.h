#pragma once

#include "config/diagnostic.h"
#include "config/mta_settings.h"

namespace portcullis {

// The certificates, authorities and addresses that the policy names, as they are on this host now,
// by the lines of the policy: an MTA starts without them and says nothing until a client comes, or
// does not start at all.
Diagnostics check_named_files(const MtaSettings& settings);

// Whether the milter answers: a warning if not.
Diagnostics check_milter_socket(const MtaSettings& settings);

}  // namespace portcullis
