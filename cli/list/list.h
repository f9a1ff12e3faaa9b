#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis list ...`: shows and edits the list files of classes. Each subcommand adds itself to
// the group by a function of its own.
void add_list(Commands& commands);

void add_list_show(Commands& commands, Command& group);
void add_list_add(Commands& commands, Command& group);
void add_list_remove(Commands& commands, Command& group);
void add_list_edit(Commands& commands, Command& group);
void add_list_clear(Commands& commands, Command& group);
void add_list_undo(Commands& commands, Command& group);
void add_list_import(Commands& commands, Command& group);
void add_list_export(Commands& commands, Command& group);
void add_list_convert(Commands& commands, Command& group);
void add_list_formats(Commands& commands, Command& group);
void add_list_refresh(Commands& commands, Command& group);

}  // namespace portcullis
