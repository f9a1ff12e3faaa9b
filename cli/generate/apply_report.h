#pragma once

#include <string>

#include "cli/common_options.h"
#include "cli/report.h"
#include "contrib/apply.h"

namespace portcullis {

// Puts the configuration into force (contrib/apply.h) and says how it went. Exit 0 if it is in
// force, 75 if it was taken back, 71 if that failed too, 78 if it was refused.
Report apply_and_report(const CommonOptions& options, const std::string& directory,
                        const MtaConfiguration& mta, const Diagnostics& found);

}  // namespace portcullis
