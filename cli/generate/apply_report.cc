#include "cli/generate/apply_report.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/generate/change_text.h"
#include "config/time_text.h"
#include "contrib/endpoint_probe.h"

namespace portcullis {
namespace {

constexpr std::chrono::milliseconds kPatienceOfAProbe{10'000};

// "2027-01-31T00:00:00Z.123456": several in a second sort too.
std::string backup_name() {
  const auto now = std::chrono::system_clock::now();
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(now - second);
  return fmt::format("{}.{:06}", time_text(second), rest.count());
}

// The MTA's lint looks at the certificates once more: nothing is said twice.
Diagnostics joined(const Diagnostics& first, const Diagnostics& second) {
  Diagnostics all = first;
  const auto before = first.sorted();
  for (Diagnostic& diagnostic : second.sorted()) {
    const bool said = std::ranges::any_of(before, [&](const Diagnostic& d) {
      return d.code == diagnostic.code && d.line == diagnostic.line && d.file == diagnostic.file;
    });
    if (!said) all.add(std::move(diagnostic));
  }
  return all;
}

ExitCode exit_code(const ApplyResult& result, const std::string& directory) {
  switch (result.outcome) {
    case ApplyOutcome::unchanged:
    case ApplyOutcome::applied:
      return ExitCode::ok;
    case ApplyOutcome::refused:
      // Where nothing is, nothing is in the way of writing.
      return std::filesystem::is_directory(directory) ? code_of_refusal(result.found)
                                                      : ExitCode::bad_policy;
    case ApplyOutcome::rolled_back:
      return ExitCode::rolled_back;
    case ApplyOutcome::rollback_failed:
      return ExitCode::mta_broken;
  }
  return ExitCode::internal;
}

std::string summary(const ApplyResult& result) {
  switch (result.outcome) {
    case ApplyOutcome::unchanged:
      return "Everything is as the policy says; nothing was changed.\n";
    case ApplyOutcome::applied:
      return fmt::format("{} The files of before are in {}.\n",
                         result.reloaded
                             ? "In force: the MTA answers everywhere it should."
                             : "Written. The MTA is not running, so nothing was asked of it.",
                         shown(result.backup));
    case ApplyOutcome::refused:
      return "Refused; nothing was changed.\n";
    case ApplyOutcome::rolled_back:
      return "It failed, and was taken back: everything is as it was before.\n";
    case ApplyOutcome::rollback_failed:
      return fmt::format("It failed, and could not be taken back. The files of before are in {}.\n",
                         shown(result.backup));
  }
  return {};
}

Json to_json(const ApplyResult& result) {
  Json json = changes_json(result.changes, result.found);
  json["outcome"] = to_string(result.outcome);
  json["recovered"] = result.recovered;
  json["reloaded"] = result.reloaded;
  json["backup"] = result.backup.empty() ? Json() : Json(result.backup);
  json["log"] = result.log;
  return json;
}

}  // namespace

ExitCode code_of_refusal(const Diagnostics& found) {
  const auto kinds = found.by_code();
  const auto has_error = [&](std::string_view code) {
    return std::ranges::any_of(kinds, [&](const CodeCount& kind) {
      return kind.severity == Severity::error && kind.code == code;
    });
  };
  if (has_error("no-mta")) return ExitCode::unavailable;
  if (has_error("locked") || has_error("no-backup")) return ExitCode::write_failed;
  return ExitCode::bad_policy;
}

Report apply_and_report(const CommonOptions& options, const std::string& directory,
                        const MtaConfiguration& mta, const Diagnostics& found) {
  ApplyOptions how;
  how.directory = directory;
  how.name = backup_name();
  how.probe = [](const MtaEndpoint& endpoint) { return ask_endpoint(endpoint, kPatienceOfAProbe); };
  how.wait = [](std::chrono::milliseconds pause) { std::this_thread::sleep_for(pause); };
  ApplyResult result = apply_configuration(mta, how);
  result.found = joined(found, result.found);
  const ExitCode code = exit_code(result, directory);
  if (options.json) return {code, json_text(to_json(result)), {}};
  std::string text =
      result.changes.empty() ? "" : changes_text(result.changes, options.policy_file);
  std::string errors = result.found.format_all();
  for (const std::string& line : result.log) errors += "    log: " + shown(line) + '\n';
  const bool good = code == ExitCode::ok;
  (good ? text : errors) += summary(result);
  return {code, std::move(text), std::move(errors)};
}

}  // namespace portcullis
