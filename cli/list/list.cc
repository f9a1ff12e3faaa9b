#include "cli/list/list.h"

namespace portcullis {

void add_list(Commands& commands) {
  Command& group = commands.add_group("list", "Show and edit the lists of a class");
  add_list_show(commands, group);
  add_list_add(commands, group);
  add_list_remove(commands, group);
  add_list_edit(commands, group);
  add_list_clear(commands, group);
  add_list_undo(commands, group);
  add_list_import(commands, group);
  add_list_export(commands, group);
  add_list_convert(commands, group);
  add_list_formats(commands, group);
  add_list_refresh(commands, group);
}

}  // namespace portcullis
