#include "policy/hit_counters.h"

#include <new>

namespace portcullis {

void HitCounters::Counter::add(const Hits& hits) noexcept {
  const std::int64_t now = hits.last.time_since_epoch().count();
  std::int64_t before = last.load(std::memory_order_relaxed);
  while (before < now && !last.compare_exchange_weak(before, now, std::memory_order_relaxed)) {
  }
  count.fetch_add(hits.count, std::memory_order_release);
}

Hits HitCounters::Counter::read() const noexcept {
  const std::uint64_t counted = count.load(std::memory_order_acquire);
  return {counted, Time(std::chrono::seconds(last.load(std::memory_order_relaxed)))};
}

HitCounters::HitCounters(std::size_t entries)
    : page_count_((entries + kPageSize - 1) / kPageSize),
      pages_(std::make_unique<std::atomic<Page*>[]>(page_count_)) {}

HitCounters::~HitCounters() {
  for (std::size_t p = 0; p < page_count_; ++p) delete pages_[p].load(std::memory_order_relaxed);
}

HitCounters::Page* HitCounters::page_of(std::size_t number) noexcept {
  std::atomic<Page*>& place = pages_[number];
  Page* page = place.load(std::memory_order_acquire);
  if (page != nullptr) return page;
  std::unique_ptr<Page> made(new (std::nothrow) Page);
  if (made == nullptr) return nullptr;
  // If another thread was faster, `page` becomes its page, and ours goes.
  if (place.compare_exchange_strong(page, made.get(), std::memory_order_acq_rel)) {
    page = made.release();
  }
  return page;
}

void HitCounters::add(EntryIndex entry, const Hits& hits) noexcept {
  const auto i = static_cast<std::size_t>(entry);
  if (Page* const page = page_of(i / kPageSize)) (*page)[i % kPageSize].add(hits);
}

Hits HitCounters::take(EntryIndex entry) noexcept {
  const auto i = static_cast<std::size_t>(entry);
  Page* const page = pages_[i / kPageSize].load(std::memory_order_acquire);
  if (page == nullptr) return {};
  Counter& counter = (*page)[i % kPageSize];
  const std::uint64_t taken = counter.count.exchange(0, std::memory_order_acq_rel);
  return {taken, Time(std::chrono::seconds(counter.last.load(std::memory_order_relaxed)))};
}

std::size_t HitCounters::memory_bytes() const {
  std::size_t bytes = page_count_ * sizeof(std::atomic<Page*>);
  for (std::size_t p = 0; p < page_count_; ++p) {
    if (pages_[p].load(std::memory_order_relaxed) != nullptr) bytes += sizeof(Page);
  }
  return bytes;
}

}  // namespace portcullis
