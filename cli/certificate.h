#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis certificate check` and `certificate show`: see portcullis-certificate(1).
void add_certificate(Commands& commands);

}  // namespace portcullis
