#include "policy/network_entries.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portcullis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Entries = NetworkEntries<std::uint32_t>;

class NetworkEntriesTest : public ::testing::Test {
 protected:
  void add(std::uint32_t first, std::uint8_t length, std::uint16_t source = 0) {
    entries_.add({first, ++line_, Entries::kNoDetail, source, length});
  }
  void build() { entries_.build({1, 0}, details_); }  // source 1 is the stronger one

  // Lines of the entries that cover the address, from the inside out.
  std::vector<std::uint32_t> lines(std::uint32_t address) {
    std::vector<std::uint32_t> lines;
    for (auto i = entries_.innermost(address); i != Entries::kNone; i = entries_.outer(i)) {
      lines.push_back(entries_.origin(i).line);
    }
    return lines;
  }

  Entries entries_;
  std::vector<EntryDetail> details_;
  std::uint32_t line_ = 0;
};

TEST_F(NetworkEntriesTest, CoversNothingWhenEmpty) {
  build();
  EXPECT_THAT(lines(0), IsEmpty());
  EXPECT_THAT(lines(0xffff'ffff), IsEmpty());
}

TEST_F(NetworkEntriesTest, LeadsFromTheInsideOut) {
  add(0x0a00'0000, 8);
  add(0x0a01'0200, 24);
  add(0x0a01'0000, 16);
  add(0x0a01'0203, 32);
  build();
  EXPECT_THAT(lines(0x0a01'0203), ElementsAre(4, 2, 3, 1));
  EXPECT_THAT(lines(0x0a01'0204), ElementsAre(2, 3, 1));
  EXPECT_THAT(lines(0x0a02'0000), ElementsAre(1));
  EXPECT_THAT(lines(0x0b00'0000), IsEmpty());
  EXPECT_THAT(lines(0x09ff'ffff), IsEmpty());
}

TEST_F(NetworkEntriesTest, FindsTheNetworkAroundAfterAnEarlierNeighbour) {
  add(0x0a00'0000, 8);
  add(0x0a00'0001, 32);
  add(0x0a00'0002, 32);
  build();
  EXPECT_THAT(lines(0x0aff'ffff), ElementsAre(1));
}

TEST_F(NetworkEntriesTest, HearsTheStrongestOfOneNetworkFirst) {
  add(0x0a00'0000, 8, 0);
  add(0x0a00'0000, 8, 1);
  build();
  EXPECT_THAT(lines(0x0a00'0001), ElementsAre(2, 1));
}

TEST_F(NetworkEntriesTest, KeepsOneOfRepeatedEntries) {
  add(0x0a00'0000, 8);
  add(0x0a00'0000, 8);
  build();
  EXPECT_EQ(entries_.size(), 1u);
  EXPECT_THAT(lines(0x0a00'0001), ElementsAre(1));
}

TEST_F(NetworkEntriesTest, HoldsTheWholeOfEachFamily) {
  add(0, 0);
  add(0xffff'ffff, 32);
  build();
  EXPECT_THAT(lines(0xffff'ffff), ElementsAre(2, 1));
  EXPECT_THAT(lines(0), ElementsAre(1));
}

}  // namespace
}  // namespace portcullis
