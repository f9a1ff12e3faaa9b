#include "milter/session.h"

#include <utility>

#include "milter/debug_lines.h"

namespace portcullis {
namespace {

Time now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

void count_verdict(Counters& counters, const Verdict& verdict) {
  const bool enforced = verdict.enforced() == verdict.disposition;
  switch (verdict.disposition) {
    case Disposition::proceed:
      return count(counters.verdict_continue);
    case Disposition::tempfail:
      return count(enforced ? counters.verdict_tempfail : counters.verdict_would_tempfail);
    case Disposition::reject:
      return count(enforced ? counters.verdict_reject : counters.verdict_would_reject);
  }
}

}  // namespace

Session::Session(DaemonContext& daemon, std::shared_ptr<const ActivePolicy> policy, bool hears_helo)
    : daemon_(daemon),
      policy_(std::move(policy)),
      place_(daemon.sessions.enter()),
      peer_(daemon.peers),
      hears_helo_(hears_helo) {}

Session::~Session() {
  log_untold();  // the client left before it could be told
}

Answer Session::connect(const ConnectFacts& facts) {
  reset();
  if (facts.address) peer_.enter(*facts.address);
  refusal_ = refuse_unseen(facts);
  if (refusal_ != nullptr) return standing_answer();
  const Verdict verdict = judge(facts);
  count_verdict(daemon_.counters, verdict);
  if (verdict.enforced() != Disposition::proceed) refusal_ = verdict.reply;
  untold_ = line_for(verdict, facts);
  if (hears_helo_ && refusal_ != nullptr && verdict.answer_at == AnswerAt::helo) {
    return Answer::proceed();
  }
  log_untold();
  return standing_answer();
}

Answer Session::helo(std::string_view name) {
  log_untold(name.substr(0, kMaxHelo));
  return standing_answer();
}

Answer Session::mail() {
  log_untold();
  return standing_answer();
}

Verdict Session::judge(const ConnectFacts& facts) {
  const Policy& policy = *policy_->policy;
  const ListenerMatch match = find_listener(policy.listeners(), facts.service);
  if (match.assumed) {
    daemon_.service_warnings.warn(facts.service, policy.listener(match.listener).name,
                                  policy_->generation);
  }
  daemon_.log.debug([&] {
    return service_line(facts.service, policy.listener(match.listener).name, match.assumed);
  });
  const Time time = now();
  Verdict verdict =
      policy.evaluate_connect(match.listener, {facts.address, facts.verified_name}, time);
  if (facts.address) {
    lease_ = admit(policy, policy_->gauges, daemon_.connections, *facts.address, verdict);
  }
  if (lease_ || verdict.exceeded) {
    daemon_.log.debug([&] {
      const ConnectionClaim claim =
          connection_claim(policy, policy_->gauges, *facts.address, verdict);
      return held_line(*facts.address, claim, daemon_.connections);
    });
  }
  // Whatever came of it: observed, or over a limit of the class that the entry led to.
  if (verdict.entry) policy_->hits->count(*verdict.entry, time);
  return verdict;
}

const SmtpReply* Session::refuse_unseen(const ConnectFacts& facts) {
  const bool draining = daemon_.sessions.draining();
  if (!draining && !place_.beyond_maximum()) return nullptr;
  count(draining ? daemon_.counters.refused_draining : daemon_.counters.refused_over_max_sessions);
  const SmtpReply& reply = draining ? daemon_.draining_reply : daemon_.busy_reply;
  daemon_.log.info(refusal_line(draining ? "draining" : "max_sessions",
                                {facts.address, facts.verified_name, std::nullopt},
                                reply.to_string()));
  return &reply;
}

Answer Session::standing_answer() const {
  return refusal_ == nullptr ? Answer::proceed() : Answer::refuse(*refusal_);
}

void Session::reset() {
  log_untold();
  lease_.reset();
  peer_.leave();
  refusal_ = nullptr;
}

// Null without memory for one: the verdict stands, and is counted.
std::shared_ptr<DecisionLine> Session::line_for(const Decision& decision,
                                                const ConnectFacts& facts) const noexcept {
  try {
    return std::make_shared<DecisionLine>(policy_, decision, facts.address, facts.verified_name);
  } catch (...) {
    return nullptr;
  }
}

void Session::log_untold(std::optional<std::string_view> helo) noexcept {
  if (!untold_) return;
  try {
    if (helo) untold_->set_helo(*helo);
  } catch (...) {  // no memory for the name: the line goes without
  }
  daemon_.log.info(std::shared_ptr<const LineText>(std::move(untold_)));
}

}  // namespace portcullis
