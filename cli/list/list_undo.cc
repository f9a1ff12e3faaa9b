#include <memory>
#include <utility>

#include <fmt/format.h>

#include "cli/list/list.h"
#include "cli/list/proposed_edit.h"

#include "editing/list_document.h"

namespace portcullis {
namespace {

Report list_undo(const CommonOptions& options, const EditArguments& arguments) {
  auto list = open_list(options, arguments);
  if (!list) return list.error();
  auto previous = list->file.previous();
  if (!previous) {
    return failure(
        ExitCode::bad_data,
        fmt::format("{} has no version before; one is kept by each edit of it", list->file.path()));
  }
  const std::size_t before = ListDocument(*previous).entries();
  const std::size_t now = ListDocument(list->file.text()).entries();
  ProposedEdit edit;
  edit.undo = true;
  edit.text = *std::move(previous);
  edit.lines.push_back(fmt::format("{} is as it was before its last edit: {} entries, from {}",
                                   list->file.path(), before, now));
  edit.facts = {{"entries", before}, {"entries_before", now}};
  return carry_out(options, arguments, *list, edit);
}

}  // namespace

void add_list_undo(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<EditArguments>();
  Command& command = commands.add_to(
      group, "undo", "Take back the last edit of the list of a class; twice makes it again",
      [arguments](const CommonOptions& options) { return list_undo(options, *arguments); });
  add_edit_arguments(command, *arguments);
}

}  // namespace portcullis
