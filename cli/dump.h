#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis dump`: the settings in force, as a policy file that means the same. With --defaults
// those too that are left at their default; with --man the table of portcullis.conf(5).
void add_dump(Commands& commands);

}  // namespace portcullis
