#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis reload`: makes the daemon read its policy again and waits for the outcome. With
// --force it takes lists that lost most of their entries as well.
void add_reload(Commands& commands);

// The same, for commands that end with a reload.
Report reload_daemon(const CommonOptions& options, bool force);

}  // namespace portcullis
