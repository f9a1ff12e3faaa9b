#include "milter/dry_run.h"

#include <chrono>

#include <nlohmann/json.hpp>

#include "config/difference_json.h"
#include "milter/diagnostic_lines.h"
#include "milter/reload.h"

namespace portcullis {

DryRun dry_run(const ActivePolicy& active, const std::string& policy_file,
               const DaemonSettings& at_start) {
  DryRun result;
  result.generation = active.generation;
  const auto loaded = load_policy(policy_file);
  if (!loaded) {
    result.diagnostics = diagnostic_lines(loaded.error());
    return result;
  }
  const Diagnostics shrunk = compare_lists(active.lists, loaded->lists);
  result.needs_force = shrunk.has_errors();
  result.ok = !result.needs_force;
  result.diagnostics = diagnostic_lines(result.ok ? loaded->diagnostics : shrunk);
  result.restart_needed = changed_keys(at_start, loaded->daemon);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  result.difference = compare_policies(*active.policy, *loaded->policy, {now, DryRun::kMaxListed});
  return result;
}

std::string dry_run_json(const DryRun& result) {
  using Json = nlohmann::ordered_json;
  const Json json{
      {"ok", result.ok},
      {"needs_force", result.needs_force},
      {"generation", result.generation},
      {"diagnostics", result.diagnostics},
      {"restart_needed", result.restart_needed},
      {"difference", result.difference ? difference_json(*result.difference) : Json(nullptr)}};
  return json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

}  // namespace portcullis
