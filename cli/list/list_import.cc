#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/list/entry_arguments.h"
#include "cli/list/foreign_list.h"
#include "cli/list/input_text.h"
#include "cli/list/list.h"
#include "cli/list/list_merge.h"
#include "cli/list/proposed_edit.h"

namespace portcullis {
namespace {

struct ImportArguments : EditArguments {
  std::string input;
  ForeignListOptions format;
  bool replace = false;
  bool merge = false;
  bool skip_refused = false;
  std::optional<std::string> exceptions;  // the class that takes them
};

// A list that has been read, as it is to go into classes.
struct ReadImport {
  const ListFormat* format = nullptr;
  std::vector<ListEntry> entries;
  std::vector<ListEntry> exceptions;  // the list itself says the opposite of what the class does
  Diagnostics diagnostics;
  FeedFacts feed;
  std::size_t read = 0;  // entries, of whatever kind
};

bool denies(const ClassLists& lists) {
  return lists.action == to_string(Action::deny);
}

// Puts each entry where it belongs; a mail address belongs nowhere.
ReadImport sort_entries(ForeignList list, const std::string& file, const ClassLists& lists) {
  ReadImport read{list.format,
                  {},
                  {},
                  std::move(list.reading.diagnostics),
                  std::move(list.reading.feed),
                  list.reading.entries.size()};
  for (ListEntry& entry : list.reading.entries) {
    if (std::holds_alternative<ListedSender>(entry.listed)) {
      read.diagnostics.error(file, entry.line, to_string(entry.listed),
                             "is a mail address, and a class holds clients",
                             "leave it to the MTA's own list of senders");
      continue;
    }
    const bool opposite = entry.action && (*entry.action == Action::deny) != denies(lists);
    (opposite ? read.exceptions : read.entries).push_back(std::move(entry));
  }
  return read;
}

Report refused(const CommonOptions& options, const ImportArguments& arguments,
               const Diagnostics& diagnostics, const std::string& why) {
  if (options.json) {
    return {ExitCode::bad_data,
            json_text({{"ok", false},
                       {"written", false},
                       {"class", arguments.class_name},
                       {"reason", why},
                       {"diagnostics", diagnostics.format_all()}}),
            {}};
  }
  return {ExitCode::bad_data,
          {},
          fmt::format("{}portcullis: nothing was imported: {}\n", diagnostics.format_all(),
                      shown(why))};
}

// Says of each exception that it is one.
Diagnostics with_exceptions(const ReadImport& read, const std::string& file,
                            const ClassLists& lists) {
  Diagnostics all = read.diagnostics;
  for (const ListEntry& entry : read.exceptions) {
    all.error(file, entry.line, to_string(entry.listed),
              fmt::format("is an exception: the list says {}, and class {} is to {}",
                          to_string(*entry.action), lists.class_name, lists.action),
              denies(lists) ? "name a class that permits by --exceptions"
                            : "name a class that denies by --exceptions");
  }
  return all;
}

// Why the list is not imported, if it is not.
std::optional<Report> objection(const CommonOptions& options, const ImportArguments& arguments,
                                const ReadImport& read, const ClassLists& lists) {
  const auto no = [&](const std::string& why) {
    return refused(options, arguments, read.diagnostics, why);
  };
  if (!read.exceptions.empty() && !arguments.exceptions) {
    return refused(options, arguments, with_exceptions(read, arguments.input, lists),
                   fmt::format("it holds {} exceptions", read.exceptions.size()));
  }
  if (read.diagnostics.has_errors() && !arguments.skip_refused) {
    return no(fmt::format("{} of it cannot be read; --skip-refused imports the rest",
                          read.diagnostics.errors()));
  }
  if (read.entries.empty() && read.exceptions.empty()) return no("it holds no entries");
  if (arguments.force) return {};
  if (read.feed.cut_short) return no("it was cut short; --force imports what is there");
  if (const auto declared = read.feed.declared_entries; declared && *declared != read.read) {
    return no(fmt::format("it declares {} entries and holds {}; --force imports them", *declared,
                          read.read));
  }
  return {};
}

MergeTarget target_of(const CommonOptions& options, const OpenList& list) {
  return {&options.policy_file, &list.lists, list.file.path(), list.file.text()};
}

ProposedEdit edit_of(const MergeTarget& target, MergedList& merged) {
  ProposedEdit edit;
  edit.text = std::move(merged.text);
  edit.added = new_entries(target, EntryAuthor::foreign_list, merged);
  return edit;
}

ProposedEdit proposed(const ImportArguments& arguments, const ReadImport& read, MergedList merged,
                      const MergeTarget& target) {
  ProposedEdit edit = edit_of(target, merged);
  edit.lines.push_back(fmt::format(
      "{} entries of {} ({}): {} added to {}, {} there already{}", read.read, arguments.input,
      read.format->name, merged.added, target.path, merged.already_there,
      merged.removed > 0 ? fmt::format(", {} removed", merged.removed) : ""));
  if (merged.expired > 0) {
    edit.lines.push_back(fmt::format("{} left out: they have expired", merged.expired));
  }
  if (!read.exceptions.empty()) {
    edit.lines.push_back(
        fmt::format("{} exceptions to class {}", read.exceptions.size(), *arguments.exceptions));
  }
  edit.facts = {{"format", read.format->name},
                {"read", read.read},
                {"added", merged.added},
                {"already_there", merged.already_there},
                {"removed", merged.removed},
                {"expired", merged.expired},
                {"exceptions", read.exceptions.size()},
                {"refused", read.diagnostics.errors()},
                {"repaired", read.diagnostics.warnings()},
                {"terms", read.feed.terms},
                {"input_diagnostics", read.diagnostics.format_all()}};
  return edit;
}

bool is_in_force_wherever(const ClassLists& lists, const ClassLists& other) {
  return std::ranges::all_of(other.listeners, [&](const std::string& listener) {
    return std::ranges::find(lists.listeners, listener) != lists.listeners.end();
  });
}

// Why this class cannot take exceptions to that one. It must do the opposite wherever that one is
// in force, or they would be none.
std::optional<std::string> unfitness(const ClassLists& exceptions, const ClassLists& lists) {
  if (denies(exceptions) == denies(lists)) {
    return fmt::format(
        "class \"{}\" is to {}, and so is class \"{}\"; exceptions need a class that {}",
        exceptions.class_name, exceptions.action, lists.class_name,
        denies(lists) ? "permits" : "denies");
  }
  if (is_in_force_wherever(exceptions, lists)) return {};
  return fmt::format(
      "class \"{0}\" is not in force on every listener of class \"{1}\"; exceptions need a "
      "class that is, by listeners in its [class {0}]",
      exceptions.class_name, lists.class_name);
}

Found<OpenList> open_exceptions(const CommonOptions& options, const ImportArguments& arguments,
                                const ClassLists& lists) {
  EditArguments other;
  other.class_name = *arguments.exceptions;
  auto opened = open_list(options, other);
  if (!opened) return opened;
  if (const auto why = unfitness(opened->lists, lists)) {
    return tl::unexpected(failure(ExitCode::bad_data, *why));
  }
  return opened;
}

// Both lists or neither; the exceptions first, so that they hold before what they are exceptions
// to.
Report import_both(const CommonOptions& options, const ImportArguments& arguments,
                   const ReadImport& read, OpenList& list, const ProposedEdit& edit) {
  auto other = open_exceptions(options, arguments, list.lists);
  if (!other) return other.error();
  const MergeTarget target = target_of(options, *other);
  MergedList merged = merge_entries(target, read.exceptions, time_now());
  const ProposedEdit exceptions = edit_of(target, merged);
  const std::array<ListEdit, 2> both = {{{&*other, &exceptions}, {&list, &edit}}};
  return carry_out_together(options, arguments, both);
}

Report list_import(const CommonOptions& options, const ImportArguments& arguments) {
  if (arguments.replace && arguments.merge) {
    return failure(ExitCode::usage, "list import: say --merge or --replace, not both");
  }
  const auto text = read_input(arguments.input);
  if (!text) return text.error();
  auto foreign = read_foreign_list(*text, arguments.input, arguments.format);
  if (!foreign) return foreign.error();
  auto list = open_list(options, arguments);
  if (!list) return list.error();
  const ReadImport read = sort_entries(*std::move(foreign), arguments.input, list->lists);
  if (auto refusal = objection(options, arguments, read, list->lists)) return *std::move(refusal);
  const MergeTarget target = target_of(options, *list);
  MergedList merged = arguments.replace ? replace_entries(target, read.entries, time_now())
                                        : merge_entries(target, read.entries, time_now());
  if (!arguments.force && merged.lost * 2 > merged.before) {
    return refused(options, arguments, read.diagnostics,
                   fmt::format("{} of {} entries would be lost; --force replaces them", merged.lost,
                               merged.before));
  }
  const ProposedEdit edit = proposed(arguments, read, std::move(merged), target);
  Report report = read.exceptions.empty() ? carry_out(options, arguments, *list, edit)
                                          : import_both(options, arguments, read, *list, edit);
  if (!options.json) report.errors = read.diagnostics.format_all() + report.errors;
  return report;
}

}  // namespace

void add_list_import(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<ImportArguments>();
  Command& command = commands.add_to(
      group, "import", "Put a list of another program into the list of a class",
      [arguments](const CommonOptions& options) { return list_import(options, *arguments); });
  add_edit_arguments(command, *arguments);
  command.add_option("INPUT", arguments->input, "File to read, or - for standard input")
      ->required()
      ->type_name("");
  command.add_option("--format", arguments->format.format, "Its format; see list formats")
      ->type_name("FORMAT")
      ->capture_default_str();
  add_reading_options(command, arguments->format);
  command.add_flag("--merge", arguments->merge, "Keep what is there, add what is not (default)");
  command.add_flag("--replace", arguments->replace, "Put it in place of all entries of the list");
  command.add_flag("--skip-refused", arguments->skip_refused, "Leave out what cannot be read");
  command.add_option("--exceptions", arguments->exceptions, "Class that takes the exceptions")
      ->type_name("CLASS");
}

}  // namespace portcullis
