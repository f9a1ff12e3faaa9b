#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis add-section TITLE [KEY=VALUE]...` and `portcullis remove-section TITLE`.
void add_section_commands(Commands& commands);

}  // namespace portcullis
