#include "policy/policy.h"

#include <algorithm>
#include <utility>

#include "policy/entry_table.h"
#include "policy/outcome_table.h"

namespace portcullis {
namespace {

const SmtpReply& denied_reply() {
  static const SmtpReply reply = SmtpReply::known("554 5.7.1 Access denied");
  return reply;
}

// A dropped client never sees the text: the MTA sends its own (MTA-specific) line with the code.
const SmtpReply& dropped_reply() {
  static const SmtpReply reply = SmtpReply::known("421 4.7.1 Access denied, closing connection");
  return reply;
}

DecidedBy decided_by(Action action) {
  switch (action) {
    case Action::permit:
      return DecidedBy::permit;
    case Action::deny:
      return DecidedBy::deny;
    case Action::exempt:
      return DecidedBy::exempt;
  }
  return DecidedBy::deny;
}

void deny(Verdict& verdict, const std::optional<SmtpReply>& reply, AnswerAt answer_at) noexcept {
  verdict.answer_at = answer_at;
  if (answer_at == AnswerAt::drop) {
    // Only a 421 makes both MTAs hang up.
    verdict.reply = reply && reply->code() == 421 ? &*reply : &dropped_reply();
  } else {
    verdict.reply = reply ? &*reply : &denied_reply();
  }
  verdict.disposition = verdict.reply->is_permanent() ? Disposition::reject : Disposition::tempfail;
}

}  // namespace

Policy::Policy() : entries_(std::make_unique<EntryTable>()) {
  // The replies exist before the first verdict, so that none of them allocates.
  denied_reply();
  dropped_reply();
}
Policy::~Policy() = default;

// Visits the entries that hold the client, in force and not expired: by address if there is one,
// else by name.
template <typename Visitor>
void Policy::for_each_in_force(ListenerIndex listener, const Client& client, Time now,
                               Visitor&& visit) const noexcept {
  const std::vector<bool>& in_force = in_force_[static_cast<std::size_t>(listener)].classes;
  bool matched = false;
  const auto visit_if_in_force = [&](EntryIndex entry) {
    const ClassIndex client_class = entries_->class_of(entry);
    if (!in_force[static_cast<std::size_t>(client_class)]) return;
    const auto expires = entries_->expires(entry);
    if (expires && *expires <= now) return;
    matched = true;
    visit(entry, client_class);
  };
  if (client.address) entries_->for_each_covering(*client.address, visit_if_in_force);
  if (!matched) entries_->for_each_naming(client.verified_name, visit_if_in_force);
}

bool Policy::decide_by_entry(Verdict& verdict, const Client& client, Time now) const noexcept {
  const InForce& in_force = in_force_[static_cast<std::size_t>(verdict.listener)];
  const Outcome outcome = in_force.networks->lookup(*client.address);
  std::optional<EntryIndex> deciding;
  std::optional<ClassIndex> deciding_class;
  bool exempt_wins = false;
  if (outcome != kNoOutcome && outcome != kDependsOnTime) {
    // The trie has decided for the class; of its entries the longest prefix is the one.
    deciding_class = static_cast<ClassIndex>(outcome);
    entries_->for_each_covering(*client.address, [&](EntryIndex entry) {
      const ClassIndex client_class = entries_->class_of(entry);
      if (deciding) return;
      if (client_class == *deciding_class) {
        deciding = entry;
      } else if (in_force.classes[static_cast<std::size_t>(client_class)]) {
        exempt_wins = true;
      }
    });
  } else {
    // Without an outcome no entry in force covers the address; most clients are such.
    const Client asked =
        outcome == kNoOutcome ? Client{std::nullopt, client.verified_name} : client;
    for_each_in_force(verdict.listener, asked, now, [&](EntryIndex entry, ClassIndex candidate) {
      // Only by address. Of names the longest decides, exempt or not.
      const bool beats = deciding && !entries_->is_name(entry) &&
                         client_class(candidate).action == Action::exempt &&
                         client_class(*deciding_class).action != Action::exempt;
      if (deciding && !beats) return;
      exempt_wins = beats;
      deciding = entry;
      deciding_class = candidate;
    });
  }
  if (!deciding) return false;
  const bool by_name = entries_->is_name(*deciding);
  if (by_name) verdict.steps.add({.kind = StepKind::address_unmatched});
  verdict.steps.add({.kind = by_name       ? StepKind::name_matched
                             : exempt_wins ? StepKind::address_exempt_wins
                                           : StepKind::address_matched,
                     .entry = *deciding});
  verdict.entry = deciding;
  verdict.client_class = deciding_class;
  return true;
}

void Policy::apply_class(Verdict& verdict) const noexcept {
  const ClientClass& decided = client_class(*verdict.client_class);
  const Listener& where = listener(verdict.listener);
  verdict.decided_by = decided_by(decided.action);
  if (decided.mode == Mode::observe) verdict.mode = Mode::observe;
  if (decided.action == Action::deny) {
    deny(verdict, decided.reply,
         decided.answer_at.value_or(where.answer_at.value_or(AnswerAt::connect)));
  }
}

void Policy::apply_default(Verdict& verdict, const Client& client) const noexcept {
  const Listener& where = listener(verdict.listener);
  verdict.steps.add({.kind = StepKind::address_unmatched});
  verdict.steps.add({.kind = client.verified_name.empty() ? StepKind::name_unverified
                                                          : StepKind::name_unmatched});
  if (where.default_action == ListenerDefault::accept) {
    verdict.steps.add({.kind = StepKind::default_accept});
    return;
  }
  verdict.steps.add({.kind = StepKind::default_deny});
  deny(verdict, where.reply, where.answer_at.value_or(AnswerAt::connect));
}

Verdict Policy::evaluate_connect(ListenerIndex listener_index, const Client& client,
                                 Time now) const noexcept {
  Verdict verdict;
  verdict.listener = listener_index;
  verdict.mode = listener(listener_index).mode;
  if (!client.address) {
    verdict.local = true;
    verdict.steps.add({.kind = StepKind::local_submission});
    return verdict;
  }
  if (decide_by_entry(verdict, client, now)) {
    apply_class(verdict);
  } else {
    apply_default(verdict, client);
  }
  if (verdict.disposition != Disposition::proceed) {
    verdict.steps.add({.kind = verdict.mode == Mode::observe ? StepKind::observed
                                                             : StepKind::denied_not_counted});
  }
  return verdict;
}

std::vector<EntryIndex> Policy::matching_entries(ListenerIndex listener_index, const Client& client,
                                                 Time now) const {
  std::vector<EntryIndex> matching;
  for_each_in_force(listener_index, client, now,
                    [&](EntryIndex entry, ClassIndex) { matching.push_back(entry); });
  return matching;
}

std::vector<EntryIndex> Policy::covering_entries(const Client& client) const {
  std::vector<EntryIndex> covering;
  const auto collect = [&covering](EntryIndex entry) { covering.push_back(entry); };
  if (client.address) entries_->for_each_covering(*client.address, collect);
  entries_->for_each_naming(client.verified_name, collect);
  return covering;
}

EntryDescription Policy::describe(EntryIndex entry) const {
  return entries_->describe(entry);
}

std::size_t Policy::index_count() const {
  return entries_->size();
}

ClassIndex Policy::class_of(EntryIndex entry) const noexcept {
  return entries_->class_of(entry);
}

EntrySubject Policy::subject_of(EntryIndex entry) const {
  return entries_->subject_of(entry);
}

std::optional<EntryIndex> Policy::find_entry(ClassIndex client_class,
                                             const EntrySubject& subject) const {
  return entries_->find(client_class, subject);
}

std::size_t Policy::entry_count() const {
  std::size_t count = 0;
  for (const auto& source : entries_->sources) count += source.entries;
  return count;
}

std::size_t Policy::entry_count(ClassIndex client_class) const {
  std::size_t count = 0;
  for (const auto& source : entries_->sources) {
    if (source.client_class == client_class) count += source.entries;
  }
  return count;
}

std::size_t Policy::memory_bytes() const {
  std::size_t bytes = entries_->memory_bytes();
  std::vector<const PrefixTable*> counted;
  for (const InForce& in_force : in_force_) {
    if (std::ranges::find(counted, in_force.networks.get()) != counted.end()) continue;
    counted.push_back(in_force.networks.get());
    bytes += in_force.networks->memory_bytes();
  }
  return bytes;
}

}  // namespace portcullis
