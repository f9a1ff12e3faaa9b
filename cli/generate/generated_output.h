#pragma once

#include "cli/common_options.h"
#include "cli/generate/generation.h"
#include "cli/report.h"
#include "contrib/mta_configuration.h"

namespace portcullis {

// The generated files one after the other, each behind a line with its name. Those with passwords
// are named, not printed.
Report print_generated(const CommonOptions& options, const std::vector<GeneratedFile>& files,
                       const Diagnostics& found);

// Writes them into the directory of --output, which is made if it is not there, and what the MTA's
// tools make of them. Files with passwords get mode 0600.
Report write_generated(const CommonOptions& options, const GenerateArguments& arguments,
                       const MtaConfiguration& mta, Diagnostics found);

}  // namespace portcullis
