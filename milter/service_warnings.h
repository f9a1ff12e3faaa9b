#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "milter/logging.h"
#include "policy/guarded.h"
#include "policy/listener.h"

namespace portcullis {

// ServiceWarnings tells the operator, once for each service of the MTA and each policy, that no
// listener of the policy matches the service and which one was taken instead. Any thread may call.
// Bounded: beyond kMaxRemembered services it falls silent until the next reload.
class ServiceWarnings {
 public:
  static constexpr std::size_t kMaxRemembered = 64;

  explicit ServiceWarnings(Log& log) : log_(log) {}

  void warn(const DaemonMacros& service, const std::string& taken, std::uint64_t generation);

 private:
  struct Seen {
    std::uint64_t generation = 0;
    std::set<std::string> services;
  };
  bool is_news(const std::string& service, std::uint64_t generation);

  Log& log_;
  Guarded<Seen> seen_;
};

}  // namespace portcullis
