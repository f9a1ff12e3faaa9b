#include "milter/current_policy.h"

#include <utility>

namespace portcullis {

std::shared_ptr<const ActivePolicy> CurrentPolicy::current() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

std::shared_ptr<const ActivePolicy> CurrentPolicy::publish(
    std::shared_ptr<const ActivePolicy> policy) {
  const std::lock_guard lock(mutex_);
  return std::exchange(policy_, std::move(policy));
}

}  // namespace portcullis
