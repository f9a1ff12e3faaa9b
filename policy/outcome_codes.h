#pragma once

#include <bitset>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "policy/prefix_outcome.h"

namespace portcullis {

// The outcomes that a table is to hold, each once.
class DistinctOutcomes {
 public:
  // O(1).
  void add(Outcome outcome) {
    if (outcome == kNoOutcome || (outcome < small_.size() && small_[outcome])) return;
    if (outcome < small_.size()) small_.set(outcome);
    all_.insert(outcome);
  }

  const std::unordered_set<Outcome>& all() const { return all_; }

 private:
  std::bitset<1024> small_;  // most are, and come often
  std::unordered_set<Outcome> all_;
};

// OutcomeCodes numbers the outcomes of a table densely, so that a table with a few distinct ones
// stores a few bits per range. Code 0 is kNoOutcome; every code is below 2^30.
//
// Outcomes that are small numbers themselves (class ids) need no dictionary: code = outcome + 1.
class OutcomeCodes {
 public:
  // Codes for kNoOutcome only.
  OutcomeCodes() = default;

  explicit OutcomeCodes(const DistinctOutcomes& outcomes);

  // Precondition: `outcome` is one of them or kNoOutcome. O(1).
  std::uint32_t encode(Outcome outcome) const {
    if (outcomes_.empty() || outcome == kNoOutcome) return outcome + 1;
    return codes_.find(outcome)->second;
  }

  Outcome decode(std::uint32_t code) const noexcept {
    return outcomes_.empty() ? code - 1 : outcomes_.data()[code];
  }

  // How many bits hold any code: 1, 2, 4, 8, 16 or 32.
  unsigned bits() const { return bits_; }

  // encode() must not be called any more.
  void drop_encoder() { codes_ = {}; }

  // The dictionary that decode() needs; no bytes when there is none.
  std::span<const Outcome> dictionary() const { return outcomes_; }

 private:
  std::unordered_map<Outcome, std::uint32_t> codes_;
  std::vector<Outcome> outcomes_;  // by code; empty: the identity
  unsigned bits_ = 1;
};

}  // namespace portcullis
