#include "milter/reload_priority.h"

#include <algorithm>
#include <cstdint>

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace portcullis {
namespace {

constexpr int kNice = 10;
constexpr std::uint64_t kSliceNanoseconds = 100'000;

// struct sched_attr of sched_setattr(2), in its first version. The C library has none, and the
// kernel's header cannot stand beside <sched.h>.
struct SchedulingAttributes {
  std::uint32_t size = sizeof(SchedulingAttributes);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = kSliceNanoseconds;  // of SCHED_OTHER: the slice
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};
static_assert(sizeof(SchedulingAttributes) == 48);

}  // namespace

void give_way_to_sessions() noexcept {
  // Linux has a priority for each thread. Who was given a lower one keeps it.
  const auto thread = static_cast<id_t>(::gettid());
  SchedulingAttributes attributes;
  attributes.nice = std::max(::getpriority(PRIO_PROCESS, thread), kNice);
  if (::syscall(SYS_sched_setattr, 0, &attributes, 0) == 0) return;
  // A sandbox may know the older call alone.
  ::setpriority(PRIO_PROCESS, thread, attributes.nice);
}

}  // namespace portcullis
