#include "milter/session_stacks.h"

#include <cstddef>
#include <cstdint>

#include <pthread.h>

namespace portcullis {
namespace {

constexpr std::size_t kSmallest = std::size_t{256} << 10;
constexpr std::size_t kLargest = std::size_t{4} << 20;

// A session needs a few kilobytes of it.
constexpr std::size_t kRoom = std::size_t{160} << 10;

// For a thread to run: stores how many bytes of stack it has below it.
void* measure_room(void* result) {
  pthread_attr_t own;
  if (::pthread_getattr_np(::pthread_self(), &own) != 0) return nullptr;
  void* lowest = nullptr;
  std::size_t size = 0;
  if (::pthread_attr_getstack(&own, &lowest, &size) == 0) {
    const auto here = reinterpret_cast<std::uintptr_t>(&own);
    *static_cast<std::size_t*>(result) = here - reinterpret_cast<std::uintptr_t>(lowest);
  }
  ::pthread_attr_destroy(&own);
  return nullptr;
}

// As libmilter makes one. None if no thread can be made.
std::size_t room_of_a_thread() {
  std::size_t room = 0;
  pthread_t thread{};
  if (::pthread_create(&thread, nullptr, measure_room, &room) != 0) return 0;
  ::pthread_join(thread, nullptr);
  return room;
}

}  // namespace

void take_small_stacks() {
  pthread_attr_t usual;
  if (::pthread_getattr_default_np(&usual) != 0) return;
  pthread_attr_t small;
  if (::pthread_attr_init(&small) == 0) {
    bool enough = false;
    for (std::size_t size = kSmallest; size <= kLargest && !enough; size *= 2) {
      enough = ::pthread_attr_setstacksize(&small, size) == 0 &&
               ::pthread_setattr_default_np(&small) == 0 && room_of_a_thread() >= kRoom;
    }
    if (!enough) ::pthread_setattr_default_np(&usual);
    ::pthread_attr_destroy(&small);
  }
  ::pthread_attr_destroy(&usual);
}

}  // namespace portcullis
