#include "policy/client_treatment.h"

#include <tuple>

#include "policy/sole_admission.h"

namespace portcullis {

bool ClientTreatment::has_same_verdict(const ClientTreatment& other) const {
  const auto verdict = [](const ClientTreatment& t) {
    return std::tie(t.disposition, t.observed, t.answer_at, t.reply);
  };
  return verdict(*this) == verdict(other);
}

ClientTreatment treatment_of(const Policy& policy, IpAddress address, Verdict verdict) {
  const auto limits = admit_alone(policy, address, verdict);
  ClientTreatment treatment;
  treatment.disposition = verdict.disposition;
  treatment.observed = verdict.enforced() != verdict.disposition;
  if (verdict.reply != nullptr) {
    treatment.answer_at = verdict.answer_at;
    treatment.reply = verdict.reply->to_string();
  }
  treatment.decided_by = verdict.decided_by;
  if (limits) treatment.limits = {limits->client, limits->client_class, limits->listener, 0};
  if (verdict.client_class) {
    const ClientClass& decided = policy.client_class(*verdict.client_class);
    treatment.client_class = decided.name;
    if (treatment.limits) treatment.limits->reserved = decided.reserved_connections;
  }
  return treatment;
}

}  // namespace portcullis
