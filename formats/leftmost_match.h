#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace portcullis {

// Which of a row of rules is the first that matches and has no obstacle, while both change. A
// segment tree: changes O(log n), the answer O(1).
class LeftmostMatch {
 public:
  // Nothing matches, and there are no obstacles.
  explicit LeftmostMatch(std::size_t rules);

  void set_matching(std::size_t rule, bool matching);
  // One more, or one less, before the rules from `first` to before `end`.
  void add_obstacle(std::size_t first, std::size_t end) { change(first, end, 1); }
  void remove_obstacle(std::size_t first, std::size_t end) { change(first, end, -1); }

  std::optional<std::size_t> leftmost() const;

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  // A node stands for the rules below it. Obstacles before all of these are kept here alone, those
  // before some of them further down.
  struct Node {
    std::uint32_t leftmost = kNone;  // below this node, without the obstacles further up
    std::int32_t obstacles = 0;
  };

  void change(std::size_t first, std::size_t end, std::int32_t by);
  void update(std::size_t node);
  void update_above(std::size_t leaf);

  std::size_t leaves_ = 1;   // a power of two
  std::vector<Node> nodes_;  // the root is 1, the children of n are 2n and 2n + 1
  std::vector<bool> matching_;
};

}  // namespace portcullis
