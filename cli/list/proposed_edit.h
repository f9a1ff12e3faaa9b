#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/list/class_lists.h"
#include "cli/list/contradiction.h"

#include "editing/edited_file.h"

namespace portcullis {

// What every subcommand takes that changes a list.
struct EditArguments {
  std::string class_name;
  std::optional<std::string> file;
  bool force = false;
  bool dry_run = false;
  bool reload = false;
};

// CLASS, --file, --force, --dry-run and --reload. `arguments` must outlive the command.
void add_edit_arguments(Command& command, EditArguments& arguments);

// A list that is being edited: nobody else edits it while this exists.
struct OpenList {
  std::vector<ClassLists> classes;
  ClassLists lists;  // of the class
  EditedFile file;
};

Found<OpenList> open_list(const CommonOptions& options, const EditArguments& arguments);

// What a subcommand is about to do to a list.
struct ProposedEdit {
  std::string text;                // of the whole file
  bool undo = false;               // by EditedFile::undo(), whose text this is
  std::vector<std::string> lines;  // what is said of it: "added 192.0.2.1 (line 12)"
  Json facts = Json::object();     // the same in JSON: "added": [...]
  NewEntries added;                // for find_contradictions(); may hold none
};

// A list, and what is about to be done to it.
struct ListEdit {
  OpenList* list = nullptr;
  const ProposedEdit* edit = nullptr;
};

// Checks the policy as it would be, says what the edit would bring about beside what it is meant
// for, writes it, and asks the daemon to reload if that is wanted. A refused edit changes nothing.
// JSON keys: ok, written, dry_run, class, file, those of `facts`, objections, notes, diagnostics,
// reload (null or the daemon's answer).
Report carry_out(const CommonOptions& options, const EditArguments& arguments, OpenList& list,
                 const ProposedEdit& edit);

// The same with lists of several classes that are only good together: the policy is checked as it
// would be with all of them, and all are written, in their order, or none. The report is on the
// last. Precondition: at least one, and no `undo`, each of another list.
Report carry_out_together(const CommonOptions& options, const EditArguments& arguments,
                          std::span<const ListEdit> edits);

}  // namespace portcullis
