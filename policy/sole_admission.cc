#include "policy/sole_admission.h"

#include "policy/admission.h"

namespace portcullis {

std::optional<LimitsInForce> admit_alone(const Policy& policy, IpAddress address,
                                         Verdict& verdict) {
  ConnectionTable connections(0);  // one connection cannot collide: any seed will do
  const GaugeBinding gauges = bind_gauges(policy, connections);
  const bool is_limited =
      verdict.decided_by != DecidedBy::exempt && verdict.enforced() == Disposition::proceed;
  std::optional<LimitsInForce> limits;
  if (is_limited) {
    const ConnectionClaim claim = connection_claim(policy, gauges, address, verdict);
    limits = {claim.client_network, claim.max_per_client, claim.max_per_class,
              claim.max_per_listener};
  }
  const auto lease = admit(policy, gauges, connections, address, verdict);
  return limits;
}

}  // namespace portcullis
