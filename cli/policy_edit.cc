#include "cli/policy_edit.h"

#include <optional>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/diagnostic_json.h"
#include "cli/policy_source.h"
#include "cli/reload.h"
#include "config/policy_file.h"
#include "config/text_file.h"

#include "editing/edited_file.h"
#include "editing/line_difference.h"

namespace portcullis {
namespace {

Report cannot(const std::string& path, ExitCode code, const Problem& problem) {
  Report report = failure(code, fmt::format("{}: {}", path, problem.reason));
  if (!problem.repair.empty()) report.errors += fmt::format("    {}\n", shown(problem.repair));
  return report;
}

// An edit on its way from the text before to the text after.
struct Outcome {
  PolicyEditResult result;
  std::string before;
  std::string after;
  Diagnostics diagnostics;  // of the policy as it is now to be

  bool changed() const { return before != after; }
};

Report refused(const CommonOptions& options, const Diagnostics& diagnostics) {
  if (options.json) {
    return {ExitCode::bad_policy,
            json_text({{"ok", false},
                       {"file", options.policy_file},
                       {"changed", false},
                       {"diagnostics", diagnostics_json(diagnostics)}}),
            {}};
  }
  return {
      ExitCode::bad_policy,
      {},
      diagnostics.format_all() + "portcullis: nothing was changed: the policy would have errors\n"};
}

// What is said of the policy file alone: lists have warnings of their own, and an edit of the
// policy is not about them.
Diagnostics about(const std::string& file, const Diagnostics& all) {
  Diagnostics selected;
  for (Diagnostic& diagnostic : all.sorted()) {
    if (diagnostic.file == file) selected.add(std::move(diagnostic));
  }
  return selected;
}

Found<Outcome> try_edit(const CommonOptions& options, const std::string& real_path,
                        const std::string& before, const PolicyEdit& edit) {
  IniDocument document(before);
  auto result = edit(document);
  if (!result) return tl::unexpected(std::move(result.error()));
  Outcome outcome{*std::move(result), before, document.text(), {}};
  if (!outcome.changed()) return outcome;
  const auto texts = TextSource().with(real_path, outcome.after);
  auto loaded = load_policy(options.policy_file, texts);
  if (!loaded) return tl::unexpected(refused(options, loaded.error()));
  outcome.diagnostics = about(options.policy_file, loaded->diagnostics);
  return outcome;
}

// For a terminal: each line by itself.
std::string shown_lines(const std::string& text) {
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out += shown(line) + '\n';
  return out;
}

Report report_of(const CommonOptions& options, const PolicyEditOptions& how,
                 const Outcome& outcome) {
  const std::string difference =
      line_difference(outcome.before, outcome.after, options.policy_file);
  if (options.json) {
    Json json = {{"ok", true},
                 {"file", options.policy_file},
                 {"changed", outcome.changed()},
                 {"dry_run", how.dry_run}};
    json.update(outcome.result.json);
    json["difference"] = difference;
    json["diagnostics"] = diagnostics_json(outcome.diagnostics);
    return {ExitCode::ok, json_text(json), {}};
  }
  return {ExitCode::ok, how.dry_run ? shown_lines(difference) : outcome.result.text,
          outcome.diagnostics.format_all()};
}

// The report of an edit, and that of the reload behind it. JSON has the daemon's answer.
Report with_reload(const CommonOptions& options, Report report) {
  const auto answer = ask_for_reload(options.policy_file, false);
  const Report reloaded = answer ? reload_report(*answer) : answer.error();
  report.code = reloaded.code;
  if (!options.json) {
    report.output += reloaded.output;
    report.errors += reloaded.errors;
    return report;
  }
  Json json = Json::parse(report.output, nullptr, false);
  json["reload"] = answer ? *answer : Json();
  report.output = json_text(json);
  if (!answer) report.errors += reloaded.errors;
  return report;
}

// Why the policy file could not be opened for an edit. If it can be read as well as ever, it is the
// edit that cannot be made: no lock, no permission for the folder, another name.
ExitCode exit_code_of_unopened(const std::string& path) {
  if (read_text_file(path, TextFileKind::policy)) return ExitCode::write_failed;
  return exit_code_of_bad_policy(path);
}

Report try_only(const CommonOptions& options, const PolicyEditOptions& how,
                const PolicyEdit& edit) {
  const auto file = read_text_file(options.policy_file, TextFileKind::policy);
  if (!file) {
    return cannot(options.policy_file, exit_code_of_bad_policy(options.policy_file),
                  file.error().problem);
  }
  const auto outcome = try_edit(options, options.policy_file, file->text, edit);
  return outcome ? report_of(options, how, *outcome) : outcome.error();
}

}  // namespace

Report edit_policy(const CommonOptions& options, const PolicyEditOptions& how,
                   const PolicyEdit& edit) {
  if (how.dry_run) return try_only(options, how, edit);
  Report report;
  {
    auto file = EditedFile::open(options.policy_file, TextFileKind::policy);
    if (!file) {
      return cannot(options.policy_file, exit_code_of_unopened(options.policy_file), file.error());
    }
    const auto outcome = try_edit(options, file->path(), file->text(), edit);
    if (!outcome) return outcome.error();
    if (outcome->changed()) {
      if (const auto replaced = file->replace(outcome->after); !replaced) {
        return cannot(options.policy_file, ExitCode::write_failed, replaced.error());
      }
    }
    report = report_of(options, how, *outcome);
  }  // others may edit while the daemon loads
  return how.reload ? with_reload(options, std::move(report)) : report;
}

}  // namespace portcullis
