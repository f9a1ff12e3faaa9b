#include "milter/live_peers.h"

#include <algorithm>
#include <utility>

namespace portcullis {

// In turn, so that all lists are of one length.
LivePeers::Place::Place(LivePeers& peers) noexcept
    : shard_(peers.shards_[peers.next_shard_.fetch_add(1, std::memory_order_relaxed) % kShards]) {}

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
