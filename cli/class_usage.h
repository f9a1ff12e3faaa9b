#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/report.h"
#include "policy/policy.h"

#include "lint/unused_entries.h"

namespace portcullis {

// What the daemon that the policy file names has counted for the classes of `policy`, by
// ClassIndex: what find_unused_entries() judges. All of it, or a report: no daemon answers, it does
// not have one of the classes, or it has not counted for `age` at `now`, so that of no entry it
// could be said. A question for each class.
Found<std::vector<ClassUse>> ask_class_usage(const std::string& policy_file, const Policy& policy,
                                             std::chrono::seconds age, Time now);

}  // namespace portcullis
