#include "tests/support/counted_allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {

std::atomic<std::uint64_t> g_allocations{0};
std::atomic<std::uint64_t> g_bytes_held{0};

void* counted(void* memory) noexcept {
  if (memory == nullptr) return nullptr;
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  g_bytes_held.fetch_add(::malloc_usable_size(memory), std::memory_order_relaxed);
  return memory;
}

void* or_throw(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void give_back(void* memory) noexcept {
  g_bytes_held.fetch_sub(::malloc_usable_size(memory), std::memory_order_relaxed);
  std::free(memory);
}

}  // namespace

// Not inlined: the compiler would see a free() of what it knows only as new. The forms for arrays
// call these.
[[gnu::noinline]] void* operator new(std::size_t size) {
  return or_throw(counted(std::malloc(size)));
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted(std::malloc(size));
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto bytes = static_cast<std::size_t>(alignment);
  return or_throw(counted(std::aligned_alloc(bytes, (size + bytes - 1) / bytes * bytes)));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  give_back(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  give_back(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
  give_back(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  give_back(memory);
}

namespace portcullis::testing {

std::uint64_t allocations() {
  return g_allocations.load(std::memory_order_relaxed);
}

std::uint64_t bytes_held() {
  return g_bytes_held.load(std::memory_order_relaxed);
}

}  // namespace portcullis::testing
