#include "milter/reload_priority.h"

#include <cstdint>

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace portcullis {
namespace {

// A thread that becomes ready takes the processor at once if its deadline comes before that of the
// one that runs; else it may wait for the next tick, for 4 ms. A deadline is the slice divided by
// the weight: for a thread of ours 0.7 to 2.8 ms, by the number of processors. For 100 µs at nice
// 19 it is 6.8 ms, always later; at nice 10 it would be 0.9 ms.
constexpr int kNice = 19;
constexpr std::uint64_t kSliceNanoseconds = 100'000;

// struct sched_attr of sched_setattr(2), in its first version. The C library has none, and the
// kernel's header cannot stand beside <sched.h>.
struct SchedulingAttributes {
  std::uint32_t size = sizeof(SchedulingAttributes);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 0;
  std::int32_t nice = kNice;
  std::uint32_t priority = 0;
  std::uint64_t runtime = kSliceNanoseconds;  // of SCHED_OTHER: the slice
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};
static_assert(sizeof(SchedulingAttributes) == 48);

}  // namespace

void give_way_to_sessions() noexcept {
  // Linux has a priority for each thread.
  SchedulingAttributes attributes;
  if (::syscall(SYS_sched_setattr, 0, &attributes, 0) == 0) return;
  // A sandbox may know the older call alone.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
}

}  // namespace portcullis
