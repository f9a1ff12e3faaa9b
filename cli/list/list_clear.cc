#include <memory>

#include <fmt/format.h>

#include "cli/list/confirmation.h"
#include "cli/list/list.h"
#include "cli/list/proposed_edit.h"

#include "editing/list_document.h"

namespace portcullis {
namespace {

struct ClearArguments : EditArguments {
  bool yes = false;
};

// Asked before the list is locked: nobody else has to wait for the answer.
Found<void> confirm(const ClearArguments& arguments) {
  if (arguments.yes || arguments.dry_run) return {};
  if (!can_ask()) {
    return tl::unexpected(failure(ExitCode::usage, "list clear: say --yes to remove all entries"));
  }
  if (is_confirmed(fmt::format("Remove all entries of class {}?", shown(arguments.class_name)))) {
    return {};
  }
  return tl::unexpected(failure(ExitCode::bad_data, "nothing was changed"));
}

Report list_clear(const CommonOptions& options, const ClearArguments& arguments) {
  if (auto ok = confirm(arguments); !ok) return ok.error();
  auto list = open_list(options, arguments);
  if (!list) return list.error();
  ListDocument document(list->file.text());
  const std::size_t count = document.entries();
  ProposedEdit edit;
  if (count > 0) document.clear();
  edit.text = document.text();
  edit.lines.push_back(fmt::format("removed all {} entries of {}", count, list->file.path()));
  edit.facts = {{"removed", count}};
  return carry_out(options, arguments, *list, edit);
}

}  // namespace

void add_list_clear(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<ClearArguments>();
  Command& command = commands.add_to(
      group, "clear", "Remove all entries from the list of a class; comments stay",
      [arguments](const CommonOptions& options) { return list_clear(options, *arguments); });
  add_edit_arguments(command, *arguments);
  command.add_flag("--yes", arguments->yes, "Do not ask");
}

}  // namespace portcullis
