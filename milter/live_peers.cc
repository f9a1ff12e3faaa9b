#include "milter/live_peers.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace portcullis {

LivePeers::Place::Place(LivePeers& peers) noexcept : shard_(peers.shard_of(*this)) {}

void LivePeers::Place::enter(IpAddress address) noexcept {
  leave();
  auto first = shard_.first.lock();
  address_ = address;
  before_ = nullptr;
  after_ = std::exchange(*first, this);
  if (after_ != nullptr) after_->before_ = this;
  entered_ = true;
}

void LivePeers::Place::leave() noexcept {
  if (!std::exchange(entered_, false)) return;
  auto first = shard_.first.lock();
  (before_ == nullptr ? *first : before_->after_) = after_;
  if (after_ != nullptr) after_->before_ = before_;
}

// By where the place is, so that nothing is shared to find it. Multiplied by the golden ratio
// (Knuth, TAOCP 3, 6.4), since places lie at equal distances.
LivePeers::Shard& LivePeers::shard_of(const Place& place) noexcept {
  static_assert(kShards == 64, "the six bits below");
  const auto where = reinterpret_cast<std::uintptr_t>(&place);
  return shards_[std::uint64_t{where} * 0x9e3779b97f4a7c15 >> 58];
}

LivePeers::Addresses LivePeers::addresses(std::size_t maximum) {
  Addresses found;
  std::vector<IpAddress>& addresses = found.addresses;
  for (Shard& shard : shards_) {
    auto first = shard.first.lock();
    for (const Place* place = *first; place != nullptr; place = place->after_) {
      addresses.push_back(place->address_);
    }
  }
  std::ranges::sort(addresses);
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  found.truncated = addresses.size() > maximum;
  if (found.truncated) addresses.resize(maximum);
  return found;
}

}  // namespace portcullis
