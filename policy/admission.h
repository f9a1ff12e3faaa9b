#pragma once

#include <vector>

#include "policy/connection_table.h"
#include "policy/policy.h"
#include "policy/verdict.h"

namespace portcullis {

// A policy's listeners and classes as a connection table counts them. Made once for each policy, so
// that admitting a connection looks no name up. Immutable afterwards.
struct GaugeBinding {
  std::vector<ListenerGauge> listeners;                // by ListenerIndex
  std::vector<ClassGauge> classes;                     // by ClassIndex
  std::vector<std::vector<Reservation>> reservations;  // by ListenerIndex
};
GaugeBinding bind_gauges(const Policy& policy, ConnectionTable& connections);

// Step 7: counts the connection of a client that the policy lets in, within the limits of its
// class and listener. A verdict over a limit becomes tempfail with a 421 reply. Whoever is let
// through because the verdict is only observed is counted too, beyond a limit if need be: the
// connection is there. Denied, exempt and local clients are not counted. `address` is the client's.
// Thread safety: any. May throw std::bad_alloc; then nothing is counted.
ConnectionTable::Lease admit(const Policy& policy, const GaugeBinding& binding,
                             ConnectionTable& connections, IpAddress address, Verdict& verdict);

// The limits that hold for the client of this verdict, without counting: what admit() would ask.
ConnectionClaim connection_claim(const Policy& policy, const GaugeBinding& binding,
                                 IpAddress address, const Verdict& verdict);

}  // namespace portcullis
