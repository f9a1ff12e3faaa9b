#include "formats/disjoint_entries.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "formats/address_ranges.h"

namespace portcullis {
namespace {

struct Item {
  IpPrefix network;
  bool permits = false;
  bool in_set = false;
  const ListEntry* entry = nullptr;
};

// Wider before narrower, and what prevails of equal ones last.
bool before(const Item& a, const Item& b) {
  return std::tie(a.network, a.permits, a.in_set) < std::tie(b.network, b.permits, b.in_set);
}

std::vector<Item> items_of(std::span<const ListEntry> entries, Action action) {
  std::vector<Item> items;
  for (const ListEntry& entry : entries) {
    const Action meant = entry.action.value_or(action);
    for (const IpPrefix& network : networks_of(entry.listed)) {
      items.push_back({network, meant != Action::deny, meant == action, &entry});
    }
  }
  std::ranges::sort(items, before);
  return items;
}

bool lasts_as_long(const ListEntry& a, const ListEntry& b) {
  return !a.expires || (b.expires && *a.expires >= *b.expires);
}

// Goes over the networks in order, with those that are around the place where it is.
class Sweep {
 public:
  void enter(const Item& item) {
    while (!around_.empty() && !around_.back().network.covers(item.network)) leave();
    if (!around_.empty() && *at_ < item.network.first()) {
      emit(address_before(item.network.first()));
    }
    const ListEntry* outer = around_.empty() ? nullptr : around_.back().entry;
    const ListEntry* own = item.in_set ? item.entry : nullptr;
    if (own != nullptr && outer != nullptr && lasts_as_long(*outer, *own)) own = outer;
    around_.push_back({item.network, own});
    at_ = item.network.first();
  }

  std::vector<DisjointEntry> finish() {
    while (!around_.empty()) leave();
    return std::move(found_);
  }

 private:
  struct Around {
    IpPrefix network;
    const ListEntry* entry;  // that says its addresses are in the set; nullptr: they are not
  };

  void leave() {
    const IpAddress last = around_.back().network.last();
    if (at_ && *at_ <= last) emit(last);
    around_.pop_back();
  }

  // From where we are to `last` the innermost network decides.
  void emit(IpAddress last) {
    const ListEntry* entry = around_.back().entry;
    if (entry != nullptr && !found_.empty() && found_.back().entry == entry &&
        found_.back().addresses.last.family() == last.family() &&
        address_after(found_.back().addresses.last) == *at_) {
      found_.back().addresses.last = last;
    } else if (entry != nullptr) {
      found_.push_back({{*at_, last}, entry});
    }
    at_ = last == IpPrefix(last, 0).last() ? std::nullopt : std::optional(address_after(last));
  }

  std::vector<Around> around_;
  std::optional<IpAddress> at_;  // nothing: behind the last address of a family
  std::vector<DisjointEntry> found_;
};

}  // namespace

std::vector<DisjointEntry> disjoint_entries(std::span<const ListEntry> entries, Action action) {
  Sweep sweep;
  for (const Item& item : items_of(entries, action)) sweep.enter(item);
  return sweep.finish();
}

}  // namespace portcullis
