#include "policy/range_node.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/prefix_sets.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

using testing::below;
using testing::Random;

// A line of noise in which ascending keys of `width` bytes lie at `offset`.
struct Line {
  Line(unsigned width, unsigned at, unsigned ranges, Random& random) : offset(at), count(ranges) {
    for (std::byte& byte : line.bytes) byte = static_cast<std::byte>(random());
    for (unsigned i = 0; i + 1 < count; ++i) {
      const AddressBits any = static_cast<AddressBits>(random()) << 64 | random();
      // Few different values, so that keys are often equal in their upper or lower part.
      ends.push_back((any >> (128 - 8 * width)) % (random() % 2 == 0 ? 20 : ~AddressBits{0}));
    }
    std::ranges::sort(ends);
    for (unsigned i = 0; i + 1 < count; ++i) {
      std::byte* const end = line.bytes.data() + offset + i * width;
      if (width == 2) {
        store_end_16(end, static_cast<std::uint16_t>(ends[i]));
      } else {
        store_little_endian(end, ends[i], width);
      }
    }
  }

  unsigned rank(AddressBits key) const {
    return static_cast<unsigned>(std::ranges::lower_bound(ends, key) - ends.begin());
  }

  CacheLine line;
  unsigned offset;
  unsigned count;
  std::vector<AddressBits> ends;
};

unsigned find_range(const Line& line, unsigned width, AddressBits key) {
  const std::byte* bytes = line.line.bytes.data();
  if (width == 2) {
    const auto narrow = static_cast<std::uint16_t>(key);
    const unsigned rank = find_range_16(bytes, line.offset, line.count, narrow);
    EXPECT_EQ(rank, find_range_16_portable(bytes, line.offset, line.count, narrow));
    return rank;
  }
  const auto low = static_cast<std::uint64_t>(key);
  if (width <= 8) return find_range_64(bytes, line.offset, line.count, width, low);
  const auto high = static_cast<std::uint64_t>(key >> (8 * width - 64));
  return find_range_128(bytes, line.offset, line.count, width, high, low);
}

TEST(RangeNode, EveryWidthFindsTheFirstEndNotBeforeTheKey) {
  for (const std::uint64_t seed : testing::seeds()) {
    Random random(seed);
    for (int round = 0; round < 30'000 && !HasFailure(); ++round) {
      const auto width = 2 + static_cast<unsigned>(below(15, random));
      const unsigned offset = 6 + 2 * static_cast<unsigned>(below(6, random));
      const auto count = 1 + static_cast<unsigned>(below((64 - offset) / width + 1, random));
      const Line line(width, offset, count, random);
      const AddressBits all = ~AddressBits{0} >> (128 - 8 * width);
      for (int i = 0; i < 8; ++i) {
        const AddressBits any = static_cast<AddressBits>(random()) << 64 | random();
        const AddressBits near =
            line.ends.empty() ? any : line.ends[below(line.ends.size(), random)] + below(3, random);
        const AddressBits key = (i % 2 == 0 ? any : near - 1) & all;
        ASSERT_EQ(find_range(line, width, key), line.rank(key))
            << width << " bytes, PORTCULLIS_TEST_SEED=" << seed;
      }
    }
  }
}

TEST(RangeNode, CodesOfEverySizeAreReadBack) {
  for (const unsigned bits : {1U, 2U, 4U, 8U, 16U, 32U}) {
    CacheLine line;
    const unsigned count = std::min(24U, 50 * 8 / bits);
    const auto code = [&](unsigned i) { return (i * 2'654'435'761U) >> (32 - bits); };
    for (unsigned i = 0; i < count; ++i) store_code(line.bytes.data(), i, code(i), bits);
    for (unsigned i = 0; i < count; ++i) {
      EXPECT_EQ(load_code(line.bytes.data(), i, bits), code(i)) << bits << " bits, " << i;
    }
  }
}

}  // namespace
}  // namespace portcullis
