#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "policy/guarded.h"
#include "policy/ip_address.h"

namespace portcullis {

// LivePeers knows the addresses of all clients with an open session, whatever their verdict: who
// changes a list is to be told if it locks out somebody who is here now.
//
// Each session has its place in one of kShards lists, linked through the session itself: entering
// and leaving allocate nothing and hold an uncontended lock for a few instructions. Any thread may
// call any member; a place belongs to its session.
class LivePeers {
 private:
  struct Shard;

 public:
  static constexpr std::size_t kShards = 64;

  // The place of one session. Leaves when destroyed. The peers must outlive it.
  class Place {
   public:
    explicit Place(LivePeers& peers) noexcept;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { leave(); }

    // The session is this client's from now on.
    void enter(IpAddress address) noexcept;
    // The session is nobody's. May be called again.
    void leave() noexcept;

   private:
    friend class LivePeers;
    Shard& shard_;
    // Guarded by the shard's lock, once entered.
    IpAddress address_;
    Place* before_ = nullptr;
    Place* after_ = nullptr;
    // Not guarded. The last member, so that whoever holds a place may use the padding behind it.
    bool entered_ = false;
  };

  struct Addresses {
    std::vector<IpAddress> addresses;  // each once, in order
    bool truncated = false;            // there were more
  };

  // The addresses of all sessions, at most `maximum`. Locks one shard at a time, so it is no
  // snapshot: it has every session that was there for as long as the call took.
  Addresses addresses(std::size_t maximum);

 private:
  struct alignas(64) Shard {
    Guarded<Place*> first{nullptr};
  };

  Shard& shard_of(const Place& place) noexcept;

  std::array<Shard, kShards> shards_;
};

}  // namespace portcullis
