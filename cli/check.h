#pragma once

#include "cli/common_options.h"
#include "cli/report.h"

namespace portcullis {

// `portcullis check`: everything that is wrong with a policy and its lists. With `strict`, warnings
// fail too.
Report check(const CommonOptions& options, bool strict);

}  // namespace portcullis
