#pragma once

#include "cli/common_options.h"
#include "cli/report.h"

namespace portcullis {

// `portcullis reload`: makes the daemon read its policy again and waits for the outcome. With
// `force` it takes lists that lost most of their entries as well.
Report reload(const CommonOptions& options, bool force);

}  // namespace portcullis
