#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace portcullis {

// SparseIndex finds a place among many ascending keys in few cache lines. It keeps every 16th key,
// every 16th of those, and so on, until 16 are left; a search reads one window of 16 keys of each
// level, where a binary search of a million keys would wait for memory at most of its 20 steps. The
// keys themselves stay where they are: `key_at(i)` tells the key of item i.
//
// It is the index of an indexed sequential file, which has one entry for each block.
// Memory: a fifteenth of a key for each item.
template <typename Key>
class SparseIndex {
 public:
  // O(count).
  template <typename KeyAt>
  void build(std::size_t count, KeyAt&& key_at) {
    levels_.clear();
    count_ = count;
    for (std::size_t below = count; below > kWindow;) {
      std::vector<Key> level;
      level.reserve((below + kWindow - 1) / kWindow);
      for (std::size_t i = 0; i < below; i += kWindow) {
        level.push_back(levels_.empty() ? key_at(i) : levels_.back()[i]);
      }
      below = level.size();
      levels_.push_back(std::move(level));
    }
  }

  // How many items have a key that is not above `key`. O(log count); does not allocate or throw.
  template <typename KeyAt>
  std::size_t upper_bound(Key key, KeyAt&& key_at) const noexcept {
    std::size_t first = 0;  // of the window
    for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
      const Key* keys = level->data();
      const std::size_t found =
          search_window(first, level->size(), key, [keys](std::size_t i) { return keys[i]; });
      if (found == 0) return 0;
      first = (found - 1) * kWindow;
    }
    return search_window(first, count_, key, key_at);
  }

  std::size_t memory_bytes() const {
    std::size_t bytes = 0;
    for (const std::vector<Key>& level : levels_) bytes += level.size() * sizeof(Key);
    return bytes;
  }

 private:
  static constexpr std::size_t kWindow = 16;

  // How many of all keys are not above `key`, if it is known that those before the window are not
  // and those behind it are. Counts them all: no branch for the processor to guess.
  template <typename KeyAt>
  static std::size_t search_window(std::size_t first, std::size_t size, Key key,
                                   KeyAt&& key_at) noexcept {
    const std::size_t end = std::min(first + kWindow, size);
    std::size_t found = first;
    for (std::size_t i = first; i < end; ++i) found += key_at(i) <= key ? 1 : 0;
    return found;
  }

  std::vector<std::vector<Key>> levels_;  // the one with most keys first
  std::size_t count_ = 0;
};

}  // namespace portcullis
