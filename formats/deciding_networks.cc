#include "formats/deciding_networks.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "config/time_text.h"

namespace portcullis {
namespace {

struct Candidate {
  DecidingNetwork deciding;
  std::string reason;  // to leave it out; empty: there is none
  std::size_t order = 0;
};

// Of one network the strongest that can be written comes first.
bool before(const Candidate& a, const Candidate& b) {
  if (a.deciding.network != b.deciding.network) return a.deciding.network < b.deciding.network;
  if (a.reason.empty() != b.reason.empty()) return a.reason.empty();
  return strength(a.deciding.action) > strength(b.deciding.action);
}

std::string reason_of(const ListEntry& entry, const IpPrefix& network, const Writing& writing,
                      const ReasonToLeaveOut& reason) {
  if (network.length() == 0) return "it is everyone, and an entry for everyone is none";
  if (entry.expires && !writing.options().keep_expiring) {
    return fmt::format("{} cannot say that it expires at {}", writing.format(),
                       time_text(*entry.expires));
  }
  return reason ? reason(entry, network) : std::string();
}

std::vector<Candidate> candidates(std::span<const ListEntry> entries, Writing& writing,
                                  const ReasonToLeaveOut& reason) {
  std::vector<Candidate> all;
  for (const ListEntry& entry : entries) {
    const std::vector<IpPrefix> networks = networks_of(entry.listed);
    if (networks.empty() || !writing.is_in_force(entry)) continue;
    for (const IpPrefix& network : networks) {
      all.push_back({{network, &entry, writing.action_of(entry)},
                     reason_of(entry, network, writing, reason),
                     all.size()});
    }
  }
  std::ranges::stable_sort(all, before);
  return all;
}

// Goes through the candidates, wider networks first, and keeps what decides.
class Choice {
 public:
  explicit Choice(Writing& writing) : writing_(writing) {}

  void judge(Candidate& candidate) {
    const IpPrefix& network = candidate.deciding.network;
    while (!around_.empty() && !around_.back().network.covers(network)) around_.pop_back();
    const bool overruled = !around_.empty() && around_.back().action == Action::exempt;
    if (overruled) return;
    if (!candidate.reason.empty()) return leave_out(candidate);
    if (!around_.empty() && around_.back().network == network) return;
    around_.push_back(candidate.deciding);
    chosen_.push_back(std::move(candidate));
  }

  std::vector<DecidingNetwork> take() {
    std::ranges::sort(chosen_, {}, &Candidate::order);
    std::vector<DecidingNetwork> networks;
    networks.reserve(chosen_.size());
    for (const Candidate& candidate : chosen_) networks.push_back(candidate.deciding);
    return networks;
  }

 private:
  void leave_out(const Candidate& candidate) {
    const DecidingNetwork& left = candidate.deciding;
    const bool opposed = !around_.empty() && !same_side(around_.back().action, left.action);
    // One message is enough for an entry of many networks.
    if (reported_ == left.entry && !opposed) return;
    reported_ = left.entry;
    const std::string repair = left.entry->expires && !writing_.options().keep_expiring
                                   ? "use --keep-expiring to write it for good"
                                   : "";
    if (!opposed) {
      return writing_.lose(*left.entry, "is left out: " + candidate.reason, repair);
    }
    writing_.refuse(*left.entry,
                    fmt::format("cannot be left out, for it is an exception to {}, and {}",
                                around_.back().network.to_string(), candidate.reason),
                    repair);
  }

  Writing& writing_;
  std::vector<DecidingNetwork> around_;  // what is written around here, the innermost last
  std::vector<Candidate> chosen_;
  const ListEntry* reported_ = nullptr;
};

}  // namespace

unsigned strength(Action action) {
  switch (action) {
    case Action::exempt:
      return 2;
    case Action::permit:
      return 1;
    case Action::deny:
      break;
  }
  return 0;
}

std::vector<DecidingNetwork> deciding_networks(std::span<const ListEntry> entries, Writing& writing,
                                               const ReasonToLeaveOut& reason) {
  std::vector<Candidate> all = candidates(entries, writing, reason);
  Choice choice(writing);
  for (Candidate& candidate : all) choice.judge(candidate);
  return choice.take();
}

bool has_both_sides(std::span<const DecidingNetwork> networks) {
  return std::ranges::any_of(networks, [&](const DecidingNetwork& network) {
    return !same_side(network.action, networks.front().action);
  });
}

}  // namespace portcullis
