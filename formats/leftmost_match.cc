#include "formats/leftmost_match.h"

#include <bit>

namespace portcullis {

LeftmostMatch::LeftmostMatch(std::size_t rules)
    : leaves_(std::bit_ceil(rules + 1)), nodes_(2 * leaves_), matching_(leaves_) {}

void LeftmostMatch::set_matching(std::size_t rule, bool matching) {
  matching_[rule] = matching;
  update(leaves_ + rule);
  update_above(leaves_ + rule);
}

std::optional<std::size_t> LeftmostMatch::leftmost() const {
  if (nodes_[1].leftmost == kNone) return {};
  return nodes_[1].leftmost;
}

void LeftmostMatch::change(std::size_t first, std::size_t end, std::int32_t by) {
  if (first >= end) return;
  std::size_t left = leaves_ + first;
  std::size_t right = leaves_ + end;
  const auto apply = [&](std::size_t node) {
    nodes_[node].obstacles += by;
    update(node);
  };
  for (; left < right; left /= 2, right /= 2) {
    if (left % 2 == 1) apply(left++);
    if (right % 2 == 1) apply(--right);
  }
  update_above(leaves_ + first);
  update_above(leaves_ + end - 1);
}

void LeftmostMatch::update(std::size_t node) {
  Node& at = nodes_[node];
  if (at.obstacles > 0) {
    at.leftmost = kNone;
  } else if (node >= leaves_) {
    at.leftmost = matching_[node - leaves_] ? static_cast<std::uint32_t>(node - leaves_) : kNone;
  } else {
    const std::uint32_t left = nodes_[2 * node].leftmost;
    at.leftmost = left != kNone ? left : nodes_[2 * node + 1].leftmost;
  }
}

void LeftmostMatch::update_above(std::size_t leaf) {
  for (std::size_t node = leaf / 2; node > 0; node /= 2) update(node);
}

}  // namespace portcullis
