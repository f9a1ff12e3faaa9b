#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "milter/active_policy.h"
#include "milter/current_policy.h"
#include "policy/guarded.h"

namespace portcullis {

// The hits of one class, and the policy that explains its entries.
struct ClassHits {
  struct Entry {
    EntryIndex index{};
    Hits hits;
  };
  std::shared_ptr<const ActivePolicy> policy;
  std::vector<Entry> entries;  // most recent first; a range is one, by its first part
  bool truncated = false;      // there were more
};

// PolicySuccession puts one policy in the place of another without losing a hit. A session counts
// at the policy that it began under, so a replaced policy goes on counting until the last session
// that holds it has ended. What it counts is moved to the policy in force: when it is replaced,
// whenever somebody asks, and before it is freed. So every hit is at one place at a time, and a
// question sees all of them.
//
// Any thread may call any member. The lock is none of a session's: callbacks count at the policy
// that they hold, and know nothing of this.
class PolicySuccession {
 public:
  // `current` is changed by publish() alone, but for the first policy.
  explicit PolicySuccession(CurrentPolicy& current) : current_(current) {}

  // Puts `next` in force. May throw std::bad_alloc; then nothing has changed.
  void publish(std::shared_ptr<const ActivePolicy> next);

  // True if a replaced policy has not been freed yet.
  bool holds_replaced();

  // Frees the replaced policies that no session holds any more. True if there were any. Freeing a
  // million entries takes time: not for the thread of a client.
  bool free_unused() noexcept;

  // The entries of the class that have decided something, at most `maximum` of them; nothing if the
  // policy in force has no such class. O(entries / 16 + hits * log hits).
  std::optional<ClassHits> hits_of(std::string_view class_name, std::size_t maximum);

 private:
  using Replaced = std::list<std::shared_ptr<const ActivePolicy>>;
  void collect(const ActivePolicy& replaced) noexcept;

  CurrentPolicy& current_;
  Guarded<Replaced> replaced_;  // a publication, too, happens under this lock
};

}  // namespace portcullis
