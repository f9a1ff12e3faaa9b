#include "policy/network_entries.h"

#include <algorithm>

#include "policy/radix_sort.h"

namespace portcullis {
namespace {

template <typename Bits>
constexpr Bits mask(unsigned length) {
  constexpr unsigned width = sizeof(Bits) * 8;
  return length == 0 ? Bits{0} : static_cast<Bits>(~Bits{0} << (width - length));
}

}  // namespace

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
void NetworkEntries<Bits>::sort_raw(const std::vector<std::uint32_t>& ranks) {
  // The strongest of one network comes last, so that innermost() finds it first. Of one class the
  // first line of the first file is kept, so it comes last as well.
  const auto before = [&ranks](const Raw& a, const Raw& b) {
    if (a.first != b.first) return a.first < b.first;
    if (a.length != b.length) return a.length < b.length;
    if (ranks[a.source] != ranks[b.source]) return ranks[a.source] > ranks[b.source];
    if (a.source != b.source) return a.source > b.source;
    return a.line > b.line;
  };
  // All of an IPv4 network; of an IPv6 network the first 64 bits.
  const auto key = [](const Raw& raw) {
    if constexpr (kWidth == 32) {
      return std::uint64_t{raw.first} << 8 | raw.length;
    } else {
      return static_cast<std::uint64_t>(raw.first >> (kWidth - 64));
    }
  };
  radix_sort(raw_, key, before);
}

template <typename Bits>
void NetworkEntries<Bits>::drop_repeated(const std::vector<std::uint32_t>& ranks,
                                         const std::vector<EntryDetail>& details,
                                         std::vector<RepeatedEntry>* repeated) {
  const auto expiry = [&details](const Raw& raw) {
    return raw.detail == kNoDetail ? std::nullopt : details[raw.detail].expires;
  };
  const auto record = [&](const Raw& raw, std::size_t kept) {
    if (repeated == nullptr) return;
    repeated->push_back({static_cast<std::uint32_t>(kept),
                         {static_cast<SourceIndex>(raw.source), raw.line},
                         raw.detail == kNoDetail ? EntryDetail{} : details[raw.detail]});
  };
  std::size_t kept = 0;
  for (const Raw& raw : raw_) {
    Raw* last = kept > 0 ? &raw_[kept - 1] : nullptr;
    const bool again = last != nullptr && last->first == raw.first && last->length == raw.length &&
                       ranks[last->source] == ranks[raw.source];
    if (!again) {
      raw_[kept++] = raw;
    } else if (!outlasts(expiry(*last), expiry(raw))) {
      record(*last, kept - 1);
      *last = raw;
    } else {
      record(raw, kept - 1);
    }
  }
  raw_.resize(kept);
}

template <typename Bits>
bool NetworkEntries<Bits>::covers(std::uint32_t entry, Bits address) const noexcept {
  return (address & mask<Bits>(length_[entry])) == first_[entry];
}

template <typename Bits>
void NetworkEntries<Bits>::link() {
  outer_.resize(first_.size());
  std::uint32_t around = kNone;
  for (std::uint32_t entry = 0; entry < first_.size(); ++entry) {
    while (around != kNone && !covers(around, first_[entry])) around = outer_[around];
    outer_[entry] = around;
    around = entry;
  }
}

template <typename Bits>
void NetworkEntries<Bits>::build(const std::vector<std::uint32_t>& ranks,
                                 const std::vector<EntryDetail>& details,
                                 std::vector<RepeatedEntry>* repeated) {
  sort_raw(ranks);
  drop_repeated(ranks, details, repeated);
  first_.reserve(raw_.size());
  length_.reserve(raw_.size());
  source_.reserve(raw_.size());
  line_.reserve(raw_.size());
  for (const Raw& raw : raw_) {
    if (raw.detail != kNoDetail) {
      details_.emplace_back(static_cast<std::uint32_t>(first_.size()), details[raw.detail]);
    }
    first_.push_back(raw.first);
    length_.push_back(raw.length);
    source_.push_back(raw.source);
    line_.push_back(raw.line);
  }
  raw_ = std::vector<Raw>();  // `= {}` would keep the memory
  details_.shrink_to_fit();
  link();
}

template <typename Bits>
std::uint32_t NetworkEntries<Bits>::innermost(Bits address) const noexcept {
  const auto after = std::upper_bound(first_.begin(), first_.end(), address);
  if (after == first_.begin()) return kNone;
  // Networks nest or are disjoint, so whatever covers the address is this entry or around it.
  auto entry = static_cast<std::uint32_t>(after - first_.begin() - 1);
  while (entry != kNone && !covers(entry, address)) entry = outer_[entry];
  return entry;
}

template <typename Bits>
const EntryDetail* NetworkEntries<Bits>::detail(std::uint32_t entry) const noexcept {
  const auto found =
      std::ranges::lower_bound(details_, entry, {}, [](const auto& pair) { return pair.first; });
  return found != details_.end() && found->first == entry ? &found->second : nullptr;
}

template <typename Bits>
std::size_t NetworkEntries<Bits>::memory_bytes() const {
  return first_.capacity() * sizeof(Bits) + length_.capacity() + source_.capacity() * 2 +
         line_.capacity() * 4 + outer_.capacity() * 4 +
         details_.capacity() * sizeof(details_.front());
}

template class NetworkEntries<std::uint32_t>;
template class NetworkEntries<AddressBits>;

}  // namespace portcullis
