#include "cli/explanation.h"

#include <utility>

namespace portcullis {
namespace {

Client client_of(const Question& question) {
  return {question.address, question.verified_name};
}

}  // namespace

Explanation explain_client(LoadedPolicy loaded, Question question) {
  Explanation explanation;
  explanation.policy = std::move(loaded.policy);
  explanation.lists = std::move(loaded.lists);
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
  if (q.address) {
    explanation.entries = covering_entries(asked, client_of(q), q.at, explanation.verdict);
  }
  if (q.address) explanation.limits = admit_alone(asked, *q.address, explanation.verdict);
  return explanation;
}

}  // namespace portcullis
