#pragma once

#include <memory>
#include <mutex>

#include "milter/active_policy.h"

namespace portcullis {

// CurrentPolicy holds the policy that new sessions get. Any thread may call any member; the lock is
// held for the copy of a pointer. (std::atomic<std::shared_ptr> is slower under contention, and
// libstdc++ 12 has a data race in it that ThreadSanitizer reports.)
class CurrentPolicy {
 public:
  // Null until the first publish().
  std::shared_ptr<const ActivePolicy> current() const;

  // Returns the policy that was current, so that the caller decides who frees it, and when.
  std::shared_ptr<const ActivePolicy> publish(std::shared_ptr<const ActivePolicy> policy);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const ActivePolicy> policy_;
};

}  // namespace portcullis
