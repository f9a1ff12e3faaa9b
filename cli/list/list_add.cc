#include <memory>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/list/entry_arguments.h"
#include "cli/list/entry_places.h"
#include "cli/list/list.h"
#include "cli/list/proposed_edit.h"

namespace portcullis {
namespace {

struct AddArguments : EditArguments {
  std::vector<std::string> entries;
  std::string comment;
  std::optional<std::string> expires;
  std::optional<std::string> duration;
};

struct WantedEntries {
  std::vector<EntryScope> scopes;
  EntryNotes notes;
};

Found<WantedEntries> wanted_entries(const AddArguments& arguments, Time now) {
  auto scopes = scope_arguments(arguments.entries, EntryAge::new_entry);
  if (!scopes) return tl::unexpected(scopes.error());
  auto comment = comment_argument(arguments.comment);
  if (!comment) return tl::unexpected(comment.error());
  const auto expires = expiry_argument(arguments.expires, arguments.duration, now);
  if (!expires) return tl::unexpected(expires.error());
  return WantedEntries{*std::move(scopes), {*expires, *std::move(comment)}};
}

// What is there already, and still in force, stays as it is. Returns the others.
std::vector<EntryScope> leave_out_known(const WantedEntries& wanted,
                                        const std::vector<EntryPlace>& places, Time now,
                                        ProposedEdit& edit) {
  std::vector<bool> known(wanted.scopes.size());
  for (const EntryPlace& place : places) {
    if (place.expires && *place.expires <= now) continue;
    if (known[place.sought]) continue;
    known[place.sought] = true;
    edit.lines.push_back(
        fmt::format("{} is there already ({}:{})", place.text, place.file, place.line));
    edit.facts["already_there"].push_back(
        {{"entry", place.text}, {"file", place.file}, {"line", place.line}});
  }
  std::vector<EntryScope> missing;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!known[i]) missing.push_back(wanted.scopes[i]);
  }
  return missing;
}

// An entry that has expired makes room for the same one with a new life.
void remove_expired(ListDocument& document, const std::vector<EntryScope>& missing) {
  std::vector<std::uint32_t> lines;
  for (const FoundEntry& found : document.find(missing)) lines.push_back(found.line);
  if (!lines.empty()) document.remove(lines);
}

ProposedEdit proposed(const AddArguments& arguments, const WantedEntries& wanted,
                      const std::vector<EntryPlace>& places, const OpenList& list, Time now) {
  ProposedEdit edit;
  edit.facts = {{"added", Json::array()}, {"already_there", Json::array()}};
  std::vector<EntryScope> missing = leave_out_known(wanted, places, now, edit);
  ListDocument document(list.file.text());
  if (!missing.empty()) {
    remove_expired(document, missing);
    std::uint32_t line = document.append(missing, wanted.notes);
    edit.added.first_line = line;
    for (const EntryScope& scope : missing) {
      const std::string text = scope.to_string();
      edit.lines.push_back(fmt::format("added {} ({}:{})", text, list.file.path(), line));
      edit.facts["added"].push_back({{"entry", text}, {"line", line++}});
    }
  }
  edit.text = document.text();
  edit.added.class_name = arguments.class_name;
  edit.added.file = list.file.path();
  edit.added.expires.assign(missing.size(), wanted.notes.expires);
  edit.added.scopes = std::move(missing);
  return edit;
}

Report list_add(const CommonOptions& options, const AddArguments& arguments) {
  const Time now = time_now();
  const auto wanted = wanted_entries(arguments, now);
  if (!wanted) return wanted.error();
  auto list = open_list(options, arguments);
  if (!list) return list.error();
  const auto places = find_places(options, *list, wanted->scopes);
  return carry_out(options, arguments, *list, proposed(arguments, *wanted, places, *list, now));
}

}  // namespace

void add_list_add(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<AddArguments>();
  Command& command = commands.add_to(
      group, "add", "Add entries to the list of a class",
      [arguments](const CommonOptions& options) { return list_add(options, *arguments); });
  add_edit_arguments(command, *arguments);
  command
      .add_option("ENTRY", arguments->entries, "Address, network, range or host name; repeatable")
      ->required()
      ->type_name("");
  command.add_option("--comment", arguments->comment, "Why: stands behind each entry")
      ->type_name("TEXT");
  CommandOption* const expires =
      command.add_option("--expires", arguments->expires, "Until when, as 2027-01-31T00:00:00Z")
          ->type_name("TIME");
  command.add_option("--for", arguments->duration, "For how long, as 12h or 7d")
      ->type_name("DURATION")
      ->excludes(expires);
}

}  // namespace portcullis
