#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/covering_entry.h"
#include "config/policy_file.h"
#include "policy/policy.h"
#include "policy/sole_admission.h"

namespace portcullis {

// A client as the administrator describes it.
struct Question {
  std::optional<IpAddress> address;  // empty: local submission
  std::string verified_name;         // what the MTA would have verified; may be empty
  std::optional<std::string> helo;
  ListenerIndex listener{};
  Time at;
};

// What the daemon would do with a client that came at that time and found no other connection open,
// and why.
struct Explanation {
  std::shared_ptr<const Policy> policy;
  std::vector<ListFileSummary> lists;  // of the policy's classes
  Question question;
  Verdict verdict;
  std::optional<EntryDescription> entry;   // the deciding one
  std::vector<EntryDescription> overrode;  // the others in force that cover the client
  std::vector<CoveringEntry> entries;      // all that cover it, with what became of them
  std::optional<LimitsInForce> limits;     // empty for clients that are not counted
};

// Asks the policy as the daemon does: by Policy::evaluate_connect() and admit().
Explanation explain_client(LoadedPolicy loaded, Question question);

}  // namespace portcullis
