#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/list/entry_arguments.h"
#include "cli/list/entry_places.h"
#include "cli/list/list.h"
#include "cli/list/proposed_edit.h"

namespace portcullis {
namespace {

struct RemoveArguments : EditArguments {
  std::vector<std::string> entries;
};

std::string where_else(const EntryPlace& place) {
  return fmt::format("stands in {}:{}, not in the list that is edited", place.file, place.line);
}

// Why an entry is not in the list that is edited.
std::string absence(const CommonOptions& options, const OpenList& list,
                    const std::vector<EntryPlace>& places, std::size_t sought,
                    const EntryScope& scope) {
  const std::string text = scope.to_string();
  for (const EntryPlace& place : places) {
    if (place.sought == sought) return fmt::format("{} {}", text, where_else(place));
  }
  const auto covering = covering_entry(options, list, scope);
  if (!covering) return fmt::format("{} is no entry of class {}", text, list.lists.class_name);
  return fmt::format("{} is no entry of its own; it is covered by {}", text, *covering);
}

// The first entries that are asked for but are not there; a failure unless it is forced.
Found<void> report_absent(const CommonOptions& options, const RemoveArguments& arguments,
                          const OpenList& list, const std::vector<EntryScope>& sought,
                          ProposedEdit& edit) {
  const auto places = find_places(options, list, sought);
  std::vector<bool> present(sought.size());
  for (const EntryPlace& place : places) {
    if (place.in_target) present[place.sought] = true;
  }
  Report report{ExitCode::bad_data, {}, {}};
  for (std::size_t i = 0; i < sought.size(); ++i) {
    if (present[i]) continue;
    edit.lines.push_back(absence(options, list, places, i, sought[i]));
    edit.facts["not_there"].push_back(sought[i].to_string());
    report.errors += failure(ExitCode::bad_data, edit.lines.back()).errors;
  }
  if (report.errors.empty() || arguments.force) return {};
  report.errors += "portcullis: nothing was changed\n";
  return tl::unexpected(std::move(report));
}

void remove_present(const OpenList& list, const std::vector<EntryScope>& sought,
                    ProposedEdit& edit) {
  ListDocument document(list.file.text());
  std::vector<std::uint32_t> lines;
  for (const FoundEntry& found : document.find(sought)) {
    lines.push_back(found.line);
    const std::string text = sought[found.sought].to_string();
    edit.lines.push_back(fmt::format("removed {} ({}:{})", text, list.file.path(), found.line));
    edit.facts["removed"].push_back({{"entry", text}, {"line", found.line}});
  }
  if (!lines.empty()) document.remove(lines);
  edit.text = document.text();
}

Report list_remove(const CommonOptions& options, const RemoveArguments& arguments) {
  const auto sought = scope_arguments(arguments.entries, EntryAge::old_entry);
  if (!sought) return sought.error();
  auto list = open_list(options, arguments);
  if (!list) return list.error();
  ProposedEdit edit;
  edit.facts = {{"removed", Json::array()}, {"not_there", Json::array()}};
  if (auto ok = report_absent(options, arguments, *list, *sought, edit); !ok) return ok.error();
  remove_present(*list, *sought, edit);
  return carry_out(options, arguments, *list, edit);
}

}  // namespace

void add_list_remove(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<RemoveArguments>();
  Command& command = commands.add_to(
      group, "remove", "Remove entries from the list of a class",
      [arguments](const CommonOptions& options) { return list_remove(options, *arguments); });
  add_edit_arguments(command, *arguments);
  command.add_option("ENTRY", arguments->entries, "What it names, in any spelling; repeatable")
      ->required()
      ->type_name("");
}

}  // namespace portcullis
