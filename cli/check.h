#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis check`: everything that is wrong with a policy and its lists, and what was hardly
// meant, held against this host and its MTA (lint/lint.h). With --strict, warnings fail too. With
// --unused the daemon is asked for what nobody has needed (lint/unused_entries.h).
void add_check(Commands& commands);

}  // namespace portcullis
