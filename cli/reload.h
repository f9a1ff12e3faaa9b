#pragma once

#include "cli/commands.h"
#include "cli/json_text.h"

namespace portcullis {

// `portcullis reload`: makes the daemon read its policy again and waits for the outcome. With
// --force it takes lists that lost most of their entries as well.
void add_reload(Commands& commands);

// The same for other subcommands: asks the daemon and waits for what it answers.
Found<Json> ask_for_reload(const std::string& policy_file, bool force);
// The answer for a reader, and the exit code that goes with it.
Report reload_report(const Json& answer);

}  // namespace portcullis
