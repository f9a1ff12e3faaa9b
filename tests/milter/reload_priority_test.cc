#include "milter/reload_priority.h"

#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace portcullis {
namespace {

int nice_of_this_thread() {
  return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
}

TEST(ReloadPriorityTest, ThreadGivesWayAndLeavesTheOthersAlone) {
  const int before = nice_of_this_thread();
  int lowered = before;
  std::thread([&] {
    give_way_to_sessions();
    lowered = nice_of_this_thread();
  }).join();
  EXPECT_EQ(lowered, 19);
  EXPECT_EQ(nice_of_this_thread(), before);
}

}  // namespace
}  // namespace portcullis
