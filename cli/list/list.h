#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis list ...`: shows and edits the list files of classes. Each subcommand adds itself to
// the group by a function of its own.
void add_list(Commands& commands);

void add_list_show(Commands& commands, CLI::App& group);
void add_list_add(Commands& commands, CLI::App& group);
void add_list_remove(Commands& commands, CLI::App& group);
void add_list_edit(Commands& commands, CLI::App& group);
void add_list_clear(Commands& commands, CLI::App& group);
void add_list_undo(Commands& commands, CLI::App& group);
void add_list_import(Commands& commands, CLI::App& group);
void add_list_export(Commands& commands, CLI::App& group);
void add_list_convert(Commands& commands, CLI::App& group);
void add_list_formats(Commands& commands, CLI::App& group);
void add_list_refresh(Commands& commands, CLI::App& group);

}  // namespace portcullis
