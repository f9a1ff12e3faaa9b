#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis get SECTION.KEY`: the value that holds, written or by default. A list is printed one
// item on a line.
void add_get(Commands& commands);

}  // namespace portcullis
