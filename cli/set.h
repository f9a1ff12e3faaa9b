#pragma once

#include "cli/commands.h"
#include "cli/policy_edit.h"

namespace portcullis {

// `portcullis set SECTION.KEY VALUE`, or with --add and --remove: writes one setting of the policy
// file.
void add_set(Commands& commands);

// `portcullis unset SECTION.KEY`: takes a setting out of the policy file.
void add_unset(Commands& commands);

// --dry-run and --reload. `how` must live as long as the command.
void add_edit_options(Command& command, PolicyEditOptions& how);

}  // namespace portcullis
