#include "cli/list/proposed_edit.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/list/entry_arguments.h"
#include "cli/list/list_target.h"
#include "cli/list/lock_out.h"
#include "cli/policy_source.h"
#include "cli/reload.h"
#include "config/policy_file.h"

#include "editing/replace_together.h"

namespace portcullis {
namespace {

using ListEdits = std::span<const ListEdit>;

constexpr std::size_t kMaxSaid = 20;  // findings of one kind; the others are counted

// What came of an edit.
struct EditOutcome {
  ExitCode code = ExitCode::ok;
  bool written = false;
  std::vector<std::string> objections;
  std::vector<std::string> notes;
  std::string diagnostics;  // of the policy as it would be, or of the file
  Json reload;              // null, or the daemon's answer
  Report reload_report;
};

std::string file_error(const std::string& path, const Problem& problem) {
  return format({Severity::error, path, 0, {}, problem.reason, problem.repair}) + '\n';
}

void sort_findings(const Findings& findings, EditOutcome& outcome) {
  for (const Finding& finding : findings) {
    (finding.needs_force ? outcome.objections : outcome.notes).push_back(finding.text);
  }
}

// The policy before the edit is loaded only if somebody we know would be denied after it.
Findings lock_outs(const CommonOptions& options, const Policy& after, Time now) {
  std::vector<KnownAddress> known = addresses_of_this_host();
  for (KnownAddress& peer : peers_of_open_sessions(options.policy_file)) {
    known.push_back(std::move(peer));
  }
  if (!denies_any(after, known, now)) return {};
  const auto before = load_policy(options.policy_file);
  return find_lock_outs(known, before ? before->policy.get() : nullptr, after, now);
}

bool changes_anything(const ListEdit& edit) {
  return edit.edit->text != edit.list->file.text();
}

// True if the edits may be written.
bool is_acceptable(const CommonOptions& options, const EditArguments& arguments, ListEdits edits,
                   EditOutcome& outcome) {
  TextSource texts;
  std::vector<const NewEntries*> added;
  for (const auto& [list, edit] : edits) {
    texts = texts.with(list->file.path(), edit->text);
    added.push_back(&edit->added);
  }
  const auto after = load_policy(options.policy_file, texts);
  if (!after) {
    outcome.code = exit_code_of_bad_policy(options.policy_file);
    outcome.diagnostics = after.error().format_all();
    return false;
  }
  const Time now = time_now();
  sort_findings(find_contradictions(options.policy_file, edits.back().list->classes, texts,
                                    *after->policy, added, now),
                outcome);
  sort_findings(lock_outs(options, *after->policy, now), outcome);
  if (outcome.objections.empty() || arguments.force) return true;
  outcome.code = ExitCode::bad_data;
  return false;
}

tl::expected<void, ReplacementProblem> write(ListEdits edits) {
  EditedFile& last = edits.back().list->file;
  if (edits.back().edit->undo) {
    if (auto done = last.undo(); !done) {
      return tl::unexpected(ReplacementProblem{last.path(), std::move(done.error())});
    }
    return {};
  }
  std::vector<Replacement> replacements;
  for (const ListEdit& edit : edits) {
    if (changes_anything(edit)) replacements.push_back({&edit.list->file, edit.edit->text});
  }
  return replace_together(replacements);
}

void write_edits(ListEdits edits, EditOutcome& outcome) {
  const auto done = write(edits);
  outcome.written = done.has_value();
  if (done) return;
  outcome.code = ExitCode::write_failed;
  outcome.diagnostics = file_error(done.error().path, done.error().problem);
}

// The new list stands, whatever the daemon says of it.
void reload(const CommonOptions& options, bool force, EditOutcome& outcome) {
  const auto answer = ask_for_reload(options.policy_file, force);
  outcome.reload_report = answer ? reload_report(*answer) : answer.error();
  outcome.reload = answer ? *answer : Json{{"ok", false}};
  outcome.code = outcome.reload_report.code;
  if (outcome.code != ExitCode::ok) {
    outcome.reload_report.errors +=
        "portcullis: the list is as it was meant to be, but the daemon has not taken it\n";
  }
}

Json to_json(const EditArguments& arguments, const OpenList& list, const ProposedEdit& edit,
             const EditOutcome& outcome) {
  Json json = {{"ok", outcome.code == ExitCode::ok},
               {"written", outcome.written},
               {"dry_run", arguments.dry_run},
               {"class", arguments.class_name},
               {"file", list.file.path()}};
  json.update(edit.facts);
  json["objections"] = outcome.objections;
  json["notes"] = outcome.notes;
  json["diagnostics"] = outcome.diagnostics;
  json["reload"] = outcome.reload;
  return json;
}

std::string labelled(std::string_view label, const std::vector<std::string>& texts) {
  std::string out;
  for (std::size_t i = 0; i < texts.size() && i < kMaxSaid; ++i) {
    out += fmt::format("{}: {}\n", label, shown(texts[i]));
  }
  if (texts.size() > kMaxSaid) {
    out += fmt::format("{}: and {} more\n", label, texts.size() - kMaxSaid);
  }
  return out;
}

// What stands on standard error.
std::string complaints(const EditArguments& arguments, const EditOutcome& outcome) {
  std::string text = outcome.diagnostics;
  text += labelled(arguments.force ? "warning" : "error", outcome.objections);
  text += labelled("note", outcome.notes);
  if (outcome.code != ExitCode::ok && !outcome.written) {
    text += "portcullis: nothing was changed";
    if (outcome.code == ExitCode::bad_data) text += "; say --force if that is what you mean";
    text += '\n';
  }
  return text;
}

Report to_report(const CommonOptions& options, const EditArguments& arguments, const OpenList& list,
                 const ProposedEdit& edit, const EditOutcome& outcome) {
  if (options.json) return {outcome.code, json_text(to_json(arguments, list, edit, outcome)), {}};
  Report report{outcome.code, {}, complaints(arguments, outcome)};
  const bool refused = outcome.code != ExitCode::ok && !outcome.written;
  if (!refused) {
    for (const std::string& line : edit.lines) report.output += shown(line) + '\n';
    if (arguments.dry_run) report.output += "nothing was written: this was a dry run\n";
  }
  report.output += outcome.reload_report.output;
  report.errors += outcome.reload_report.errors;
  return report;
}

}  // namespace

void add_edit_arguments(Command& command, EditArguments& arguments) {
  command.add_option("CLASS", arguments.class_name, "Class whose list it is")
      ->required()
      ->type_name("");
  command.add_option("--file", arguments.file, "Which list file, if the class has several")
      ->type_name("NAME");
  command.add_flag("--force", arguments.force, "Also if it contradicts an entry or locks out");
  command.add_flag("--dry-run", arguments.dry_run, "Say what would be done, and do nothing");
  command.add_flag("--reload", arguments.reload, "Make the daemon read it afterwards");
}

Found<OpenList> open_list(const CommonOptions& options, const EditArguments& arguments) {
  auto classes = read_class_lists(options.policy_file);
  if (!classes) return tl::unexpected(classes.error());
  auto lists = find_class(*classes, arguments.class_name);
  if (!lists) return tl::unexpected(lists.error());
  const auto target = list_target(options.policy_file, *lists, arguments.file);
  if (!target) return tl::unexpected(target.error());
  auto file = EditedFile::open(target->path, TextFileKind::list);
  if (!file) {
    return tl::unexpected(
        Report{ExitCode::write_failed, {}, file_error(target->path, file.error())});
  }
  return OpenList{*std::move(classes), *std::move(lists), *std::move(file)};
}

Report carry_out(const CommonOptions& options, const EditArguments& arguments, OpenList& list,
                 const ProposedEdit& edit) {
  const ListEdit one{&list, &edit};
  return carry_out_together(options, arguments, {&one, 1});
}

Report carry_out_together(const CommonOptions& options, const EditArguments& arguments,
                          ListEdits edits) {
  EditOutcome outcome;
  if (std::ranges::any_of(edits, changes_anything) &&
      is_acceptable(options, arguments, edits, outcome) && !arguments.dry_run) {
    write_edits(edits, outcome);
  }
  if (outcome.code == ExitCode::ok && arguments.reload && !arguments.dry_run) {
    reload(options, arguments.force, outcome);
  }
  const auto& [list, edit] = edits.back();
  return to_report(options, arguments, *list, *edit, outcome);
}

}  // namespace portcullis
