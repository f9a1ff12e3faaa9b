#pragma once

#include "cli/common_options.h"
#include "cli/report.h"

namespace portcullis {

// `portcullis status`: what the running daemon says of itself.
Report status(const CommonOptions& options);

}  // namespace portcullis
