#pragma once

#include <string>

#include "cli/common_options.h"
#include "cli/report.h"
#include "contrib/apply.h"

namespace portcullis {

// Why nothing was done: 69 if the MTA's tools could not be asked, 74 if nothing can be written in
// the directory, or 78, the policy or what it names.
ExitCode code_of_refusal(const Diagnostics& found);

// Puts the configuration into force (contrib/apply.h) and says how it went. Exit 0 if it is in
// force, 75 if it was taken back, 71 if that failed too, code_of_refusal() if it was refused.
Report apply_and_report(const CommonOptions& options, const std::string& directory,
                        const MtaConfiguration& mta, const Diagnostics& found);

}  // namespace portcullis
