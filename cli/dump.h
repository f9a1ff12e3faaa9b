#pragma once

#include "cli/common_options.h"
#include "cli/report.h"

namespace portcullis {

// `portcullis dump`: the settings in force, as a policy file that means the same. With `defaults`
// those too that are left at their default.
Report dump(const CommonOptions& options, bool defaults);

}  // namespace portcullis
