#pragma once

#include <nlohmann/json_fwd.hpp>

#include "policy/policy_difference.h"

namespace portcullis {

// The difference of two policies, as `portcullis diff --json` prints it and the daemon answers it:
//   "differs"            true if there is any difference
//   "added_listeners", "removed_listeners"   names
//   "settings"           [{"listener", "setting", "was", "is"}]
//   "differences"        [{"listeners": [name...], "changes": [change...]}]
// A change is
//   {"kind": "verdict", or "class" if only the class or limits differ,
//    "was", "is": {"verdict", "enforced", "action", "class", "reply", "answer_at", "limits"},
//    "addresses": {"ipv4": number, "ipv6": decimal text, "text": for people},
//    "network_count", "networks": [the first of them...], "name_count", "names": [...]}
// "class", "reply", "answer_at" and "limits" may be null; of "limits", {"client", "class",
// "listener", "reserved"}, null is unlimited.
nlohmann::ordered_json difference_json(const PolicyDifference& difference);

}  // namespace portcullis
