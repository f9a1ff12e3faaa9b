#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/ip_prefix.h"
#include "policy/sparse_index.h"
#include "policy/verdict.h"

namespace portcullis {

// Wall-clock time, to which entries expire.
using Time = std::chrono::sys_seconds;

// A text that names entries of one class: the policy file itself or a list file.
enum class SourceIndex : std::uint32_t {};

// Where an entry stands.
struct EntryOrigin {
  SourceIndex source{};
  std::uint32_t line = 0;
};

// What few entries have beside their network or name.
struct EntryDetail {
  std::optional<Time> expires;
  std::optional<AddressRange> range;  // the range that the network is a part of
};

// An entry that was dropped because its class names the network or the host name again. Of a range
// one network may be dropped and the others stay.
struct RepeatedEntry {
  std::uint32_t kept = 0;  // the entry that stays, by its number in the table
  EntryOrigin origin;
  EntryDetail detail;
};

// True if an entry that expires at `a` is in force for longer than one that expires at `b`.
bool outlasts(const std::optional<Time>& a, const std::optional<Time>& b);

// Which of two entries with one prefix or name is heard first: exempt, permit, deny; then the class
// that comes first in the file. Lower is stronger.
std::uint32_t entry_rank(Action action, ClassIndex client_class);

// NetworkEntries holds the address entries of one family in the order of their first address, a
// wider network before those inside it, each with a link to the one around it. From an address the
// entries that cover it are found by one search and a walk outwards. This is the cold side of
// PrefixTable: it is asked when an entry has matched, to say which one, and by `explain`.
//
// Immutable once built. Memory: 16.3 bytes an entry for IPv4, 29 for IPv6, and a detail for the few
// that have one. All of an entry lies side by side, and stays where it was added and sorted:
// building copies nothing. Bits is the address's integer: 32 or 128 bits.
template <typename Bits>
class NetworkEntries {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kNoDetail = kNone;
  static constexpr unsigned kWidth = sizeof(Bits) * 8;

  // An entry: 16 bytes for IPv4, 28 for IPv6, which its 128 bits would make 32.
  struct [[gnu::packed, gnu::aligned(4)]] Entry {
    Bits first{};
    std::uint32_t line = 0;
    std::uint32_t link = kNoDetail;  // to its detail; once the table is built, to the entry around
    std::uint16_t source = 0;
    std::uint8_t length = 0;
  };

  static_assert(sizeof(Entry) == sizeof(Bits) + 12);

  void add(const Entry& entry) { entries_.push_back(entry); }

  // Sorts, drops the entries of a class that say the same network again, and links. `ranks` are by
  // source. What is dropped is added to `repeated`, unless that is null.
  void build(const std::vector<std::uint32_t>& ranks, const std::vector<EntryDetail>& details,
             std::vector<RepeatedEntry>* repeated = nullptr);

  std::size_t size() const { return entries_.size(); }
  std::size_t memory_bytes() const;

  // The innermost entry that covers the address, or kNone; from there outer() leads on. Of entries
  // with one network the strongest comes first. O(log n + nesting).
  std::uint32_t innermost(Bits address) const noexcept;
  std::uint32_t outer(std::uint32_t entry) const noexcept { return entries_[entry].link; }

  Bits first(std::uint32_t entry) const noexcept { return entries_[entry].first; }
  unsigned length(std::uint32_t entry) const noexcept { return entries_[entry].length; }
  Bits last(std::uint32_t entry) const noexcept {
    const Bits host =
        length(entry) == kWidth ? Bits{0} : static_cast<Bits>(~Bits{0} >> length(entry));
    return first(entry) | host;
  }
  EntryOrigin origin(std::uint32_t entry) const noexcept {
    return {static_cast<SourceIndex>(entries_[entry].source), entries_[entry].line};
  }
  const EntryDetail* detail(std::uint32_t entry) const noexcept {
    return details_.empty() ? nullptr : find_detail(entry);
  }

 private:
  void sort(const std::vector<std::uint32_t>& ranks);
  void drop_repeated(const std::vector<std::uint32_t>& ranks,
                     const std::vector<EntryDetail>& details, std::vector<RepeatedEntry>* repeated);
  void link(const std::vector<EntryDetail>& details);
  const EntryDetail* find_detail(std::uint32_t entry) const noexcept;
  bool covers(const Entry& entry, Bits address) const noexcept;

  std::vector<Entry> entries_;
  SparseIndex<Bits> index_;                                     // by first address
  std::vector<std::pair<std::uint32_t, EntryDetail>> details_;  // sorted by entry
};

extern template class NetworkEntries<std::uint32_t>;
extern template class NetworkEntries<AddressBits>;

}  // namespace portcullis
