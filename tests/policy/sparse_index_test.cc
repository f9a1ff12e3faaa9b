#include "policy/sparse_index.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/prefix_sets.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

using Keys = std::vector<std::uint32_t>;

std::size_t expected(const Keys& keys, std::uint32_t key) {
  return static_cast<std::size_t>(std::ranges::upper_bound(keys, key) - keys.begin());
}

class SparseIndexOf {
 public:
  explicit SparseIndexOf(const Keys& keys) : keys_(keys) {
    index_.build(keys.size(), [&](std::size_t i) { return keys[i]; });
  }

  std::size_t upper_bound(std::uint32_t key) const {
    return index_.upper_bound(key, [this](std::size_t i) { return keys_[i]; });
  }
  std::size_t memory_bytes() const { return index_.memory_bytes(); }

 private:
  const Keys& keys_;
  SparseIndex<std::uint32_t> index_;
};

constexpr std::uint32_t kHighest = std::numeric_limits<std::uint32_t>::max();

// Around every size at which a level is added, with keys that stand close together, so that many
// are equal, and far apart.
TEST(SparseIndex, AgreesWithABinarySearch) {
  for (const std::uint64_t seed : testing::seeds()) {
    SCOPED_TRACE("PORTCULLIS_TEST_SEED=" + std::to_string(seed));
    testing::Random random(seed);
    for (const std::size_t size :
         {0, 1, 2, 15, 16, 17, 255, 256, 257, 4'095, 4'096, 4'097, 70'000}) {
      for (const std::uint32_t spread : {3U, 1'000U, kHighest}) {
        Keys keys;
        while (keys.size() < size) {
          keys.push_back(static_cast<std::uint32_t>(testing::below(spread, random)));
        }
        if (size > 20) keys.insert(keys.end(), {0, kHighest, kHighest});
        std::ranges::sort(keys);
        const SparseIndexOf index(keys);
        Keys probes = {0, 1, kHighest - 1, kHighest};
        for (int i = 0; i < 200; ++i) {
          probes.push_back(static_cast<std::uint32_t>(testing::below(spread, random)));
          if (!keys.empty()) probes.push_back(keys[testing::below(keys.size(), random)]);
        }
        for (const std::uint32_t probe : probes) {
          EXPECT_EQ(index.upper_bound(probe), expected(keys, probe)) << size << ' ' << probe;
        }
      }
    }
  }
}

TEST(SparseIndex, TakesAFifteenthOfAKeyForEach) {
  const Keys keys(100'000);
  EXPECT_LE(SparseIndexOf(keys).memory_bytes(), keys.size() * sizeof(keys[0]) / 15 + 64);
}

}  // namespace
}  // namespace portcullis
