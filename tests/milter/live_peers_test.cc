#include "milter/live_peers.h"

#include <atomic>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

namespace portcullis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

IpAddress client(std::uint32_t number) {
  return IpAddress::from_ipv4(0x0a00'0000 + number);
}

TEST(LivePeers, KnowsEachAddressOnceAndInOrder) {
  LivePeers peers;
  std::deque<LivePeers::Place> places;
  for (const std::uint32_t number : {7U, 3U, 7U, 5U})
    places.emplace_back(peers).enter(client(number));
  EXPECT_THAT(peers.addresses(10).addresses, ElementsAre(client(3), client(5), client(7)));
  places.pop_front();
  EXPECT_THAT(peers.addresses(10).addresses, ElementsAre(client(3), client(5), client(7)));
  places.front().enter(client(9));
  places.back().leave();
  places.back().leave();
  EXPECT_THAT(peers.addresses(10).addresses, ElementsAre(client(7), client(9)));
}

// More than there are lists, so that each is taken from at its ends and in its middle.
TEST(LivePeers, PlacesLeaveInAnyOrder) {
  LivePeers peers;
  std::vector<std::unique_ptr<LivePeers::Place>> places;
  constexpr std::uint32_t kPlaces = 5 * LivePeers::kShards;
  for (std::uint32_t i = 0; i < kPlaces; ++i) {
    places.push_back(std::make_unique<LivePeers::Place>(peers));
    places.back()->enter(client(i));
  }
  for (std::uint32_t i = 0; i < kPlaces; ++i) {
    places[i * 7 % kPlaces].reset();  // 7 does not divide their number: each goes once
    EXPECT_EQ(peers.addresses(kPlaces).addresses.size(), kPlaces - i - 1);
  }
  EXPECT_THAT(peers.addresses(kPlaces).addresses, IsEmpty());
}

TEST(LivePeers, AnAnswerIsBounded) {
  LivePeers peers;
  std::deque<LivePeers::Place> places;
  for (std::uint32_t i = 0; i < 5; ++i) places.emplace_back(peers).enter(client(i));
  EXPECT_FALSE(peers.addresses(5).truncated);
  const auto four = peers.addresses(4);
  EXPECT_TRUE(four.truncated);
  EXPECT_THAT(four.addresses, ElementsAre(client(0), client(1), client(2), client(3)));
}

// One that stays is seen by every question, whatever comes and goes beside it.
TEST(LivePeers, MayComeAndGoOnManyThreads) {
  LivePeers peers;
  LivePeers::Place steady(peers);
  steady.enter(client(0));
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (std::uint32_t t = 1; t <= 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t i = 0; i < 5'000; ++i) {
        LivePeers::Place place(peers);
        place.enter(client(t * 10'000 + i % 100));
        if (i % 2 == 0) place.leave();
      }
    });
  }
  std::thread asker([&] {
    while (!stop) EXPECT_EQ(peers.addresses(1'000).addresses.front(), client(0));
  });
  for (std::thread& thread : threads) thread.join();
  stop = true;
  asker.join();
  EXPECT_THAT(peers.addresses(10).addresses, ElementsAre(client(0)));
}

}  // namespace
}  // namespace portcullis
