#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/list/entry_arguments.h"
#include "cli/list/entry_places.h"
#include "cli/list/list.h"
#include "cli/list/proposed_edit.h"

namespace portcullis {
namespace {

struct ReplaceArguments : EditArguments {
  std::string old_entry;
  std::string new_entry;
  std::optional<std::string> comment;
  std::optional<std::string> expires;
  std::optional<std::string> duration;
  bool never_expires = false;
};

struct Replacement {
  EntryScope old_scope;
  EntryChange change;
};

Found<Replacement> replacement(const ReplaceArguments& arguments, Time now) {
  auto old_scope = scope_argument(arguments.old_entry, EntryAge::old_entry);
  if (!old_scope) return tl::unexpected(old_scope.error());
  auto new_scope = scope_argument(arguments.new_entry, EntryAge::new_entry);
  if (!new_scope) return tl::unexpected(new_scope.error());
  Replacement result{*std::move(old_scope), {*std::move(new_scope), {}, {}}};
  if (arguments.comment) {
    auto comment = comment_argument(*arguments.comment);
    if (!comment) return tl::unexpected(comment.error());
    result.change.comment = *std::move(comment);
  }
  const auto expires = expiry_argument(arguments.expires, arguments.duration, now);
  if (!expires) return tl::unexpected(expires.error());
  if (*expires || arguments.never_expires) result.change.expires = *expires;
  return result;
}

tl::unexpected<Report> refused(const std::string& message) {
  return tl::unexpected(failure(ExitCode::bad_data, message + "; nothing was changed"));
}

// The new entry must not stand in the class already, and the old one must stand in this list.
Found<void> check_places(const CommonOptions& options, const OpenList& list,
                         const Replacement& wanted) {
  const EntryScope& new_scope = *wanted.change.scope;
  bool found = false;
  for (const EntryPlace& place : find_places(options, list, {wanted.old_scope, new_scope})) {
    const bool is_old = place.sought == 0;
    if (is_old && place.in_target) found = true;
    if (!is_old && new_scope != wanted.old_scope) {
      return refused(fmt::format("{} is there already ({}:{}); remove {} instead", place.text,
                                 place.file, place.line, wanted.old_scope.to_string()));
    }
  }
  if (found) return {};
  const std::string text = wanted.old_scope.to_string();
  const auto covering = covering_entry(options, list, wanted.old_scope);
  if (!covering) return refused(fmt::format("{} is no entry of {}", text, list.file.path()));
  return refused(fmt::format("{} is no entry of its own; it is covered by {}", text, *covering));
}

// Of several lines that name the old entry the one that counts: the first of those that hold
// longest.
FoundEntry longest_lasting(const std::vector<FoundEntry>& found) {
  FoundEntry longest = found.front();
  for (const FoundEntry& other : found) {
    if (outlasts(other.expires, longest.expires)) longest = other;
  }
  return longest;
}

// Removes what names the old entry beside the line that is changed, since it would still name it.
// Returns how many lines; `line` becomes the number that the changed one has then.
std::size_t remove_others(ListDocument& document, const std::vector<FoundEntry>& found,
                          std::uint32_t& line) {
  std::vector<std::uint32_t> others;
  for (const FoundEntry& other : found) {
    if (other.line != line) others.push_back(other.line);
  }
  if (others.empty()) return 0;
  const auto before = std::ranges::lower_bound(others, line) - others.begin();
  document.remove(others);
  line -= static_cast<std::uint32_t>(before);
  return others.size();
}

ProposedEdit proposed(const ReplaceArguments& arguments, const Replacement& wanted,
                      const OpenList& list) {
  ProposedEdit edit;
  ListDocument document(list.file.text());
  const std::vector<FoundEntry> found = document.find({&wanted.old_scope, 1});
  const FoundEntry longest = longest_lasting(found);
  std::uint32_t line = longest.line;
  document.change(line, wanted.change);
  const std::size_t repeated = remove_others(document, found, line);

  const std::string old_text = wanted.old_scope.to_string();
  const std::string new_text = wanted.change.scope->to_string();
  edit.lines.push_back(
      fmt::format("changed {} to {} ({}:{})", old_text, new_text, list.file.path(), line));
  if (repeated > 0) {
    edit.lines.push_back(fmt::format("removed {} more lines that named {}", repeated, old_text));
  }
  edit.facts = {
      {"old", old_text}, {"new", new_text}, {"line", line}, {"repeated_lines_removed", repeated}};
  edit.text = document.text();
  const std::optional<Time> expires = wanted.change.expires.value_or(longest.expires);
  edit.added = {arguments.class_name,   EntryAuthor::administrator,
                list.file.path(),       line,
                {*wanted.change.scope}, {expires}};
  return edit;
}

Report list_edit(const CommonOptions& options, const ReplaceArguments& arguments) {
  const auto wanted = replacement(arguments, time_now());
  if (!wanted) return wanted.error();
  auto list = open_list(options, arguments);
  if (!list) return list.error();
  if (auto ok = check_places(options, *list, *wanted); !ok) return ok.error();
  return carry_out(options, arguments, *list, proposed(arguments, *wanted, *list));
}

}  // namespace

void add_list_edit(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<ReplaceArguments>();
  Command& command = commands.add_to(
      group, "edit", "Change an entry of the list of a class where it stands",
      [arguments](const CommonOptions& options) { return list_edit(options, *arguments); });
  add_edit_arguments(command, *arguments);
  command.add_option("OLD", arguments->old_entry, "The entry, in any spelling")
      ->required()
      ->type_name("");
  command.add_option("NEW", arguments->new_entry, "What it is to be; the same to change the rest")
      ->required()
      ->type_name("");
  command.add_option("--comment", arguments->comment, "Another comment; \"\" for none")
      ->type_name("TEXT");
  CommandOption* const expires =
      command.add_option("--expires", arguments->expires, "Until when, as 2027-01-31T00:00:00Z")
          ->type_name("TIME");
  CommandOption* const duration =
      command.add_option("--for", arguments->duration, "For how long from now, as 12h or 7d")
          ->type_name("DURATION")
          ->excludes(expires);
  command.add_flag("--no-expiry", arguments->never_expires, "For good")
      ->excludes(expires)
      ->excludes(duration);
}

}  // namespace portcullis
