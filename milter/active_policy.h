#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "config/policy_file.h"
#include "policy/admission.h"
#include "policy/hit_counters.h"
#include "policy/policy.h"

namespace portcullis {

// A loaded policy as the daemon uses it: what a session holds from its first moment to its last.
// Immutable but for the hits, which any thread may count: so any thread may use it.
struct ActivePolicy {
  std::shared_ptr<const Policy> policy;
  GaugeBinding gauges;
  std::unique_ptr<HitCounters> hits;   // of the policy's entries
  std::vector<ListFileSummary> lists;  // what the next reload is compared with
  std::uint64_t generation = 1;        // grows by one with each reload that succeeds
  std::chrono::steady_clock::time_point loaded;
};

}  // namespace portcullis
