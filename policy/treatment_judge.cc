#include "policy/treatment_judge.h"

#include <algorithm>

namespace portcullis {

TreatmentIndex TreatmentTable::index_of(const ClientTreatment& treatment) {
  const auto found = std::ranges::find(treatments_, treatment);
  const auto index = static_cast<TreatmentIndex>(found - treatments_.begin());
  if (found == treatments_.end()) treatments_.push_back(treatment);
  return index;
}

TreatmentJudge::Judgement TreatmentJudge::judge(const Client& client) {
  const Verdict verdict = policy_.evaluate_connect(listener_, client, at_);
  const Key key{verdict.client_class, verdict.decided_by, verdict.disposition,
                verdict.answer_at,    verdict.mode,       verdict.reply};
  auto known = known_.find(key);
  if (known == known_.end()) {
    const ClientTreatment treatment = treatment_of(policy_, *client.address, verdict);
    known = known_.emplace(key, table_.index_of(treatment)).first;
  }
  return {known->second, verdict.entry.has_value()};
}

}  // namespace portcullis
