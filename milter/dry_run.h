#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/daemon_settings.h"
#include "milter/active_policy.h"
#include "policy/policy_difference.h"

namespace portcullis {

// What a reload would do.
struct DryRun {
  bool ok = false;                          // the policy would be taken
  bool needs_force = false;                 // not ok, but would be taken by force
  std::uint64_t generation = 0;             // of the policy in force
  std::vector<std::string> diagnostics;     // as a reload would report them
  std::vector<std::string> restart_needed;  // keys of [daemon] that would not take effect
  // Empty if the policy has errors. At most kMaxListed networks and names of each change are kept.
  static constexpr std::size_t kMaxListed = 100;
  std::optional<PolicyDifference> difference;
};

// Reads and compiles the policy file as a reload does, and compares it with `active` at this
// moment. Changes, counts and logs nothing. Takes as long as a reload, and the comparison: only for
// the reloader's thread.
DryRun dry_run(const ActivePolicy& active, const std::string& policy_file,
               const DaemonSettings& at_start);

// One line: {"ok", "needs_force", "generation", "diagnostics", "restart_needed", "difference"}; the
// last as config/difference_json.h has it, or null.
std::string dry_run_json(const DryRun& result);

}  // namespace portcullis
