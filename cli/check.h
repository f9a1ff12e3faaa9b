#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis check`: everything that is wrong with a policy and its lists. With --strict, warnings
// fail too.
void add_check(Commands& commands);

}  // namespace portcullis
