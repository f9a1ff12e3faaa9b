#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis reload`: makes the daemon read its policy again and waits for the outcome. With
// --force it takes lists that lost most of their entries as well. With --dry-run it only says what
// the reload would change.
void add_reload(Commands& commands);

}  // namespace portcullis
