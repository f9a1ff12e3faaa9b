#include "policy/slot_tables.h"

#include <algorithm>
#include <bit>

#include "policy/ip_prefix.h"

namespace portcullis {
namespace {

// A run this long gets a table instead of two or three levels of branches.
constexpr std::size_t kWorthTable = 512;
constexpr std::size_t kRangesPerSlot = 8;

std::size_t aligned(std::size_t slots) {
  constexpr std::size_t kRest = NodeRef::kTableAlignment - 1;
  return (slots + kRest) & ~kRest;
}

}  // namespace

TableFiller::TableFiller(TableSlots& slots, RangeTrieBuilder& builder, AddressBits first,
                         unsigned skip, unsigned bits, unsigned nesting)
    : slots_(slots),
      builder_(builder),
      skip_(skip),
      bits_(bits),
      nesting_(nesting),
      slot_(aligned(slots.size())),
      table_(NodeRef::to_table(slot_, bits)),
      slots_end_(slot_ + (std::size_t{1} << bits)),
      slot_first_(first) {
  slots_.resize(slots_end_);
}

void TableFiller::add(AddressBits last, std::uint32_t code) {
  while (slot_ < slots_end_ && last >= slot_last()) {
    run_.push_back({slot_last(), code});
    const NodeRef stored = store_run();  // may add slots behind these
    slots_[slot_++] = stored;
    run_.clear();
    slot_first_ = slot_last() + 1;
  }
  // The rest, unless the range ended with the slot.
  if (slot_ < slots_end_ && last >= slot_first_) run_.push_back({last, code});
}

NodeRef TableFiller::store_run() {
  const unsigned skip = skip_ + bits_;
  if (nesting_ == kMaxNesting || run_.size() < kWorthTable) {
    return builder_.add_run(slot_first_, run_);
  }
  const auto wanted = static_cast<unsigned>(std::bit_width(run_.size() / kRangesPerSlot));
  const unsigned bits = std::min(wanted, 128 - skip);
  // Numbers of slots must fit into a NodeRef.
  if (aligned(slots_.size()) + (std::size_t{1} << bits) > NodeRef::kMaxSlots) {
    return builder_.add_run(slot_first_, run_);
  }
  TableFiller inner(slots_, builder_, slot_first_, skip, bits, nesting_ + 1);
  for (const CodedRange& range : run_) inner.add(range.last, range.code);
  return inner.table();
}

}  // namespace portcullis
