#include "cli/explanation.h"

#include <utility>

#include "policy/admission.h"

namespace portcullis {
namespace {

Client client_of(const Question& question) {
  return {question.address, question.verified_name};
}

// Counts the client in a table of its own, where it is the only one.
void admit_alone(Explanation& explanation) {
  const Policy& policy = *explanation.policy;
  Verdict& verdict = explanation.verdict;
  const IpAddress address = *explanation.question.address;
  ConnectionTable connections(0);  // one connection cannot collide: any seed will do
  const GaugeBinding gauges = bind_gauges(policy, connections);
  const bool is_limited =
      verdict.decided_by != DecidedBy::exempt && verdict.enforced() == Disposition::proceed;
  if (is_limited) {
    const ConnectionClaim claim = connection_claim(policy, gauges, address, verdict);
    explanation.limits = {claim.client_network, claim.max_per_client, claim.max_per_class,
                          claim.max_per_listener};
  }
  const auto lease = admit(policy, gauges, connections, address, verdict);
}

}  // namespace

Explanation explain_client(std::shared_ptr<const Policy> policy, Question question) {
  Explanation explanation;
  explanation.policy = std::move(policy);
  explanation.question = std::move(question);
  const Policy& asked = *explanation.policy;
  const Question& q = explanation.question;
  explanation.verdict = asked.evaluate_connect(q.listener, client_of(q), q.at);
  if (explanation.verdict.entry) {
    explanation.entry = asked.describe(*explanation.verdict.entry);
    for (const EntryIndex entry : asked.matching_entries(q.listener, client_of(q), q.at)) {
      if (entry != *explanation.verdict.entry)
        explanation.overrode.push_back(asked.describe(entry));
    }
  }
  if (q.address) admit_alone(explanation);
  return explanation;
}

}  // namespace portcullis
