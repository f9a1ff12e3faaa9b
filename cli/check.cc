#include "cli/check.h"

#include <memory>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "cli/json_text.h"
#include "cli/policy_source.h"

namespace portcullis {
namespace {

// What a policy that can be loaded holds.
struct Contents {
  std::size_t listeners = 0;
  std::size_t classes = 0;
  std::size_t entries = 0;
};

struct Checked {
  std::optional<Contents> contents;
  Diagnostics diagnostics;
};

Checked check_policy(const std::string& path) {
  auto loaded = load_policy(path);
  if (!loaded) return {std::nullopt, std::move(loaded.error())};
  const Policy& policy = *loaded->policy;
  return {Contents{policy.listeners().size(), policy.classes().size(), policy.entry_count()},
          std::move(loaded->diagnostics)};
}

std::string counted(std::size_t count, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", count, count == 1 ? singular : plural);
}

std::string summary(const std::string& path, const Checked& checked) {
  const Diagnostics& found = checked.diagnostics;
  std::string text = shown(path) + ": ";
  if (checked.contents) {
    text += counted(checked.contents->listeners, "listener", "listeners") + ", " +
            counted(checked.contents->classes, "class", "classes") + ", " +
            counted(checked.contents->entries, "entry", "entries");
  } else {
    text += counted(found.errors(), "error", "errors");
  }
  if (found.warnings() > 0) text += ", " + counted(found.warnings(), "warning", "warnings");
  return text + '\n';
}

Json to_json(const Diagnostic& d) {
  return {{"severity", to_string(d.severity)},
          {"file", d.file},
          {"line", d.line},
          {"culprit", d.culprit},
          {"reason", d.reason},
          {"repair", d.repair}};
}

// The counts are null for a policy with errors: nobody knows what it was to hold.
Json to_json(const Checked& checked, bool ok) {
  Json diagnostics = Json::array();
  for (const Diagnostic& d : checked.diagnostics.sorted()) diagnostics.push_back(to_json(d));
  Json json = {{"ok", ok},
               {"errors", checked.diagnostics.errors()},
               {"warnings", checked.diagnostics.warnings()},
               {"diagnostics", std::move(diagnostics)},
               {"listeners", nullptr},
               {"classes", nullptr},
               {"entries", nullptr}};
  if (checked.contents) {
    json["listeners"] = checked.contents->listeners;
    json["classes"] = checked.contents->classes;
    json["entries"] = checked.contents->entries;
  }
  return json;
}

ExitCode exit_code(const std::string& path, const Checked& checked, bool strict) {
  if (!checked.contents) return exit_code_of_bad_policy(path);
  const bool fails = strict && checked.diagnostics.warnings() > 0;
  return fails ? ExitCode::bad_policy : ExitCode::ok;
}

Report check(const CommonOptions& options, bool strict) {
  const Checked checked = check_policy(options.policy_file);
  const ExitCode code = exit_code(options.policy_file, checked, strict);
  if (options.json) return {code, json_text(to_json(checked, code == ExitCode::ok)), {}};
  return {code, summary(options.policy_file, checked), checked.diagnostics.format_all()};
}

}  // namespace

void add_check(Commands& commands) {
  const auto strict = std::make_shared<bool>(false);
  commands
      .add("check", "Say everything that is wrong with the policy and its lists",
           [strict](const CommonOptions& options) { return check(options, *strict); })
      .add_flag("--strict", *strict, "Fail on warnings too");
}

}  // namespace portcullis
