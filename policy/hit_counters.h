#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "policy/network_entries.h"
#include "policy/verdict.h"

namespace portcullis {

// How often an entry has decided a verdict, and when it last did.
struct Hits {
  std::uint64_t count = 0;
  Time last{};
};

// HitCounters counts the hits of the entries of one policy, by EntryIndex.
//
// Thread safety: any member may be called from any thread, at once with any other. No locks: a hit
// is one atomic addition. Counts are exact; `last` is the latest time that was counted. Time is a
// parameter, and must not lie before 1970.
//
// Memory: counters lie in pages of kPageSize, and a page is made by the first hit on it, so that
// what never decides costs half a byte an entry. A hit that finds no memory for its page is lost,
// because a verdict must not fail for the sake of a statistic.
class HitCounters {
 public:
  // Sixteen counters: 256 bytes. Small, because the hits of a long list of hosts lie far apart.
  static constexpr std::size_t kPageSize = 16;

  // For a policy whose entries have indexes below `entries`.
  explicit HitCounters(std::size_t entries);
  ~HitCounters();
  HitCounters(const HitCounters&) = delete;
  HitCounters& operator=(const HitCounters&) = delete;

  // One more. Allocates only for the first hit of a page.
  void count(EntryIndex entry, Time now) noexcept { add(entry, {1, now}); }
  void add(EntryIndex entry, const Hits& hits) noexcept;

  // Takes the entry's hits away, so that they can be added elsewhere: no hit is taken twice or not
  // at all, even if others count at the same time.
  Hits take(EntryIndex entry) noexcept;

  // Calls visit(EntryIndex, Hits) for every entry that has hits, in order. O(entries / kPageSize +
  // pages that have been hit).
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (std::size_t p = 0; p < page_count_; ++p) {
      const Page* const page = pages_[p].load(std::memory_order_acquire);
      if (page == nullptr) continue;
      for (std::size_t i = 0; i < kPageSize; ++i) {
        const Hits hits = (*page)[i].read();
        if (hits.count > 0) visit(static_cast<EntryIndex>(p * kPageSize + i), hits);
      }
    }
  }

  std::size_t memory_bytes() const;

 private:
  struct Counter {
    // The last time is written before the count: who sees a hit sees its time, or a later one.
    std::atomic<std::uint64_t> count{0};
    std::atomic<std::int64_t> last{0};  // seconds since 1970

    void add(const Hits& hits) noexcept;
    Hits read() const noexcept;
  };
  using Page = std::array<Counter, kPageSize>;

  Page* page_of(std::size_t number) noexcept;

  std::size_t page_count_;
  std::unique_ptr<std::atomic<Page*>[]> pages_;
};

}  // namespace portcullis
