#include "policy/outcome_codes.h"

#include <algorithm>
#include <bit>

namespace portcullis {
namespace {

// Bits for the codes 0..highest, rounded up to a power of two so that no code straddles a byte.
unsigned bits_for(std::size_t highest) {
  return std::bit_ceil(std::max(1U, static_cast<unsigned>(std::bit_width(highest))));
}

}  // namespace

OutcomeCodes::OutcomeCodes(const DistinctOutcomes& outcomes) {
  // In their order, so that a table does not depend on a library's hash.
  std::vector<Outcome> sorted(outcomes.all().begin(), outcomes.all().end());
  std::ranges::sort(sorted);
  const Outcome highest = sorted.empty() ? 0 : sorted.back();
  for (const Outcome outcome : sorted) {
    codes_.emplace(outcome, static_cast<std::uint32_t>(codes_.size() + 1));
  }
  bits_ = bits_for(codes_.size());
  // The identity, unless it takes more bits. A dictionary also keeps codes of 32 bits below 2^30:
  // that many entries of 32 bytes do not fit into a sensible machine.
  if (codes_.empty() || (bits_ < 32 && bits_for(std::size_t{highest} + 1) == bits_)) {
    codes_ = {};
    return;
  }
  outcomes_.resize(codes_.size() + 1, kNoOutcome);
  for (const auto& [outcome, code] : codes_) outcomes_[code] = outcome;
}

}  // namespace portcullis
