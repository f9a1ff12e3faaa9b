#include "policy/network_entries.h"

#include <algorithm>

#include "policy/radix_sort.h"

namespace portcullis {
bool outlasts(const std::optional<Time>& a, const std::optional<Time>& b) {
  if (!b) return false;
  return !a || *a > *b;
}

std::uint32_t entry_rank(Action action, ClassIndex client_class) {
  std::uint32_t strength = 0;
  switch (action) {
    case Action::exempt:
      strength = 0;
      break;
    case Action::permit:
      strength = 1;
      break;
    case Action::deny:
      strength = 2;
      break;
  }
  return strength << 16 | static_cast<std::uint32_t>(client_class);
}

template <typename Bits>
void NetworkEntries<Bits>::sort(const std::vector<std::uint32_t>& ranks) {
  // The strongest of one network comes last, so that innermost() finds it first. Of one class the
  // first line of the first file is kept, so it comes last as well.
  const auto before = [&ranks](const Entry& a, const Entry& b) {
    if (a.first != b.first) return a.first < b.first;
    if (a.length != b.length) return a.length < b.length;
    if (ranks[a.source] != ranks[b.source]) return ranks[a.source] > ranks[b.source];
    if (a.source != b.source) return a.source > b.source;
    return a.line > b.line;
  };
  // All of an IPv4 network; of an IPv6 network the first 64 bits.
  const auto key = [](const Entry& entry) {
    if constexpr (kWidth == 32) {
      return std::uint64_t{entry.first} << 8 | entry.length;
    } else {
      return static_cast<std::uint64_t>(entry.first >> (kWidth - 64));
    }
  };
  radix_sort(entries_, key, before);
}

template <typename Bits>
void NetworkEntries<Bits>::drop_repeated(const std::vector<std::uint32_t>& ranks,
                                         const std::vector<EntryDetail>& details,
                                         std::vector<RepeatedEntry>* repeated) {
  const auto expiry = [&details](const Entry& entry) {
    return entry.link == kNoDetail ? std::nullopt : details[entry.link].expires;
  };
  const auto record = [&](const Entry& entry, std::size_t kept) {
    if (repeated == nullptr) return;
    repeated->push_back({static_cast<std::uint32_t>(kept),
                         {static_cast<SourceIndex>(entry.source), entry.line},
                         entry.link == kNoDetail ? EntryDetail{} : details[entry.link]});
  };
  const auto again = [&ranks](const Entry& a, const Entry& b) {
    return a.first == b.first && a.length == b.length && ranks[a.source] == ranks[b.source];
  };
  const auto repeats = std::adjacent_find(entries_.begin(), entries_.end(), again);
  if (repeats == entries_.end()) return;
  auto last = repeats;  // of those that are kept
  for (auto entry = repeats + 1; entry != entries_.end(); ++entry) {
    const auto kept = static_cast<std::size_t>(last - entries_.begin());
    if (!again(*last, *entry)) {
      *++last = *entry;
    } else if (!outlasts(expiry(*last), expiry(*entry))) {
      record(*last, kept);
      *last = *entry;
    } else {
      record(*entry, kept);
    }
  }
  entries_.erase(last + 1, entries_.end());
}

template <typename Bits>
bool NetworkEntries<Bits>::covers(const Entry& entry, Bits address) const noexcept {
  return (address & prefix_mask<Bits>(entry.length)) == entry.first;
}

template <typename Bits>
void NetworkEntries<Bits>::link(const std::vector<EntryDetail>& details) {
  std::uint32_t around = kNone;
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (entry.link != kNoDetail) details_.emplace_back(i, details[entry.link]);
    while (around != kNone && !covers(entries_[around], entry.first)) around = outer(around);
    entry.link = around;
    around = i;
  }
  details_.shrink_to_fit();
}

template <typename Bits>
void NetworkEntries<Bits>::build(const std::vector<std::uint32_t>& ranks,
                                 const std::vector<EntryDetail>& details,
                                 std::vector<RepeatedEntry>* repeated) {
  sort(ranks);
  drop_repeated(ranks, details, repeated);
  link(details);
  index_.build(entries_.size(), [this](std::size_t i) { return entries_[i].first; });
}

template <typename Bits>
std::uint32_t NetworkEntries<Bits>::innermost(Bits address) const noexcept {
  const std::size_t after =
      index_.upper_bound(address, [this](std::size_t i) { return entries_[i].first; });
  if (after == 0) return kNone;
  // Networks nest or are disjoint, so whatever covers the address is this entry or around it.
  auto entry = static_cast<std::uint32_t>(after - 1);
  while (entry != kNone && !covers(entries_[entry], address)) entry = outer(entry);
  return entry;
}

template <typename Bits>
const EntryDetail* NetworkEntries<Bits>::find_detail(std::uint32_t entry) const noexcept {
  const auto found =
      std::ranges::lower_bound(details_, entry, {}, [](const auto& pair) { return pair.first; });
  return found != details_.end() && found->first == entry ? &found->second : nullptr;
}

template <typename Bits>
std::size_t NetworkEntries<Bits>::memory_bytes() const {
  return entries_.size() * sizeof(Entry) + index_.memory_bytes() +
         details_.capacity() * sizeof(details_.front());
}

template class NetworkEntries<std::uint32_t>;
template class NetworkEntries<AddressBits>;

}  // namespace portcullis
