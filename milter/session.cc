#include "milter/session.h"

#include <utility>

#include "milter/decision_log.h"

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

Answer answer_to(const Verdict& verdict) {
  if (verdict.enforced() == Disposition::proceed) return Answer::proceed();
  return Answer::refuse(*verdict.reply);
}

}  // namespace

Session::Session(DaemonContext& daemon, std::shared_ptr<const ActivePolicy> policy, bool hears_helo)
    : daemon_(daemon),
      policy_(std::move(policy)),
      place_(daemon.sessions.enter()),
      peer_(daemon.peers),
      hears_helo_(hears_helo) {}

Session::~Session() {
  if (unlogged_) log_verdict();  // the client left before it could be told
}

Answer Session::connect(const ConnectFacts& facts) {
  reset();
  address_ = facts.address;
  verified_name_ = facts.verified_name;
  if (address_) peer_.enter(*address_);
  if (const auto refused = refuse_unseen(facts)) return standing_ = *refused;
  const Verdict verdict = judge(facts);
  count_verdict(daemon_.counters, verdict);
  unlogged_ = verdict;
  standing_ = answer_to(verdict);
  const bool told_later = hears_helo_ && standing_.disposition != Disposition::proceed &&
                          verdict.answer_at == AnswerAt::helo;
  if (told_later) return Answer::proceed();
  log_verdict();
  return standing_;
}

Answer Session::helo(std::string_view name) {
  helo_ = name.substr(0, kMaxHelo);
  return standing_answer();
}

Answer Session::mail() {
  return standing_answer();
}

Verdict Session::judge(const ConnectFacts& facts) {
  const Policy& policy = *policy_->policy;
  const ListenerMatch match = find_listener(policy.listeners(), facts.service);
  if (match.assumed) {
    daemon_.service_warnings.warn(facts.service, policy.listener(match.listener).name,
                                  policy_->generation);
  }
  const Time time = now();
  Verdict verdict =
      policy.evaluate_connect(match.listener, {facts.address, facts.verified_name}, time);
  if (facts.address) {
    lease_ = admit(policy, policy_->gauges, daemon_.connections, *facts.address, verdict);
  }
  // Whatever came of it: observed, or over a limit of the class that the entry led to.
  if (verdict.entry) policy_->hits->count(*verdict.entry, time);
  return verdict;
}

std::optional<Answer> Session::refuse_unseen(const ConnectFacts& facts) {
  const bool draining = daemon_.sessions.draining();
  if (!draining && !place_.beyond_maximum()) return std::nullopt;
  count(draining ? daemon_.counters.refused_draining : daemon_.counters.refused_over_max_sessions);
  const SmtpReply& reply = draining ? daemon_.draining_reply : daemon_.busy_reply;
  daemon_.log.info(refusal_line(draining ? "draining" : "max_sessions",
                                {facts.address, facts.verified_name, std::nullopt},
                                reply.to_string()));
  return Answer::refuse(reply);
}

Answer Session::standing_answer() {
  if (unlogged_) log_verdict();
  return standing_;
}

void Session::reset() {
  if (unlogged_) log_verdict();
  lease_.reset();
  peer_.leave();
  standing_ = Answer::proceed();
  address_.reset();
  verified_name_.clear();
  helo_.reset();
}

void Session::log_verdict() noexcept {
  try {
    const Verdict verdict = *std::exchange(unlogged_, std::nullopt);
    daemon_.log.info(decision_line(*policy_->policy, verdict, {address_, verified_name_, helo_}));
  } catch (...) {  // no memory for a line: the verdict stands, and is counted
  }
}

}  // namespace portcullis
