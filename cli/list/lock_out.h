#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/list/finding.h"
#include "policy/policy.h"

namespace portcullis {

// An address that an edit had better not deny, and whose it is: "127.0.0.1", "this host (lo)".
struct KnownAddress {
  IpAddress address;
  std::string owner;
};

// Loopback, the addresses of this host and its gateways.
std::vector<KnownAddress> addresses_of_this_host();

// Clients whose sessions are open now, by the daemon that `policy_file` names. None if no daemon
// answers, or one that does not tell.
std::vector<KnownAddress> peers_of_open_sessions(const std::string& policy_file);

// True if some listener denies one of them.
bool denies_any(const Policy& policy, const std::vector<KnownAddress>& known, Time now);

// The known addresses that some listener of `after` denies and `before` let in, each once: whether
// by an entry that denies them or by one that is gone and let them in. `before` may be null, if
// that policy cannot be loaded: then those that an entry denies. All need force.
Findings find_lock_outs(const std::vector<KnownAddress>& known, const Policy* before,
                        const Policy& after, Time now);

}  // namespace portcullis
