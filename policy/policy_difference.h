#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "policy/client_treatment.h"
#include "policy/counted_networks.h"
#include "policy/listener_changes.h"
#include "policy/policy.h"

namespace portcullis {

// Clients of one listener that are treated in one way by the one policy and in another by the
// other.
struct TreatmentChange {
  ClientTreatment was;
  ClientTreatment is;
  // Clients without a verified host name.
  CountedNetworks networks;
  // Host names, of clients whose address no entry of either policy covers: "mx.example.com", or
  // ".example.com" for all of the domain that no other entry names. Counted; the first are kept.
  std::size_t name_count = 0;
  std::vector<std::string> names;

  // False if only the class or the limits differ.
  bool changes_verdict() const { return !was.has_same_verdict(is); }
};

// What differs on one listener, or on several on which exactly the same differs.
struct ListenerDifference {
  std::vector<std::string> listeners;
  std::vector<TreatmentChange> changes;  // of the verdict first; else in order of addresses
};

struct PolicyDifference {
  std::vector<std::string> added_listeners;
  std::vector<std::string> removed_listeners;
  std::vector<SettingChange> settings;  // of listeners that are in both
  std::vector<ListenerDifference> listeners;

  bool empty() const {
    return added_listeners.empty() && removed_listeners.empty() && settings.empty() &&
           listeners.empty();
  }
};

struct DifferenceOptions {
  Time at;  // when the clients come: entries may have expired
  // Networks, and names, that are kept of each change. All are counted.
  std::size_t max_listed = 1000;
};

// Compares what two policies say of every client there can be: both address spaces from end to end,
// not samples. Listeners are matched by name. Networks that touch and change alike are merged into
// the fewest CIDR networks. The judge is evaluate_connect(), asked once for each interval in which
// the same entries cover every address.
//
// Clients in the middle, whose address an entry covers in only one of the policies and who have a
// verified name that an entry of the other holds, are not looked at: their network is in the
// difference anyway, at least as another class.
//
// Pure; for any thread. Cost: O(entries) verdicts for each listener (bench/RESULTS.md). Memory:
// O(changes * max_listed + host names), however many networks differ.
PolicyDifference compare_policies(const Policy& before, const Policy& after,
                                  const DifferenceOptions& options);

}  // namespace portcullis
