#include "policy/slot_tables.h"

#include <algorithm>
#include <bit>

#include "policy/ip_prefix.h"

namespace portcullis {
namespace {

// A run this long gets a table instead of two or three levels of branches.
constexpr std::size_t kWorthTable = 512;
constexpr std::size_t kRangesPerSlot = 8;

// Only the first bits of an address lead through tables: one word at most.
template <typename Bits>
constexpr unsigned kTableBits = std::min(64U, 8U * static_cast<unsigned>(sizeof(Bits)));

std::size_t aligned(std::size_t slots) {
  constexpr std::size_t kRest = NodeRef::kTableAlignment - 1;
  return (slots + kRest) & ~kRest;
}

}  // namespace

template <typename Bits>
TableFiller<Bits>::TableFiller(TableSlots& slots, RangeTrieBuilder<Bits>& builder,
                               const TableShape& shape, Bits first, unsigned skip, unsigned bits)
    : slots_(slots),
      builder_(builder),
      shape_(shape),
      skip_(skip),
      bits_(bits),
      slot_(aligned(slots.size())),
      table_(NodeRef::to_table(slot_, bits)),
      slots_end_(slot_ + (std::size_t{1} << bits)),
      slot_first_(first),
      slot_rest_(static_cast<Bits>(~prefix_mask<Bits>(skip + bits))) {
  slots_.resize(slots_end_);
}

template <typename Bits>
void TableFiller<Bits>::add(Bits last, std::uint32_t code) {
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

// How many bits the table of the run takes; none if it gets no table.
template <typename Bits>
unsigned TableFiller<Bits>::inner_bits() const {
  const unsigned taken = skip_ + bits_;
  if (shape_.depth == 1 || run_.size() == 1 || taken >= kTableBits<Bits>) return 0;
  const unsigned least = std::max(shape_.least_bits, taken) - taken;
  if (run_.size() < kWorthTable) return least;
  const auto wanted = static_cast<unsigned>(std::bit_width(run_.size() / kRangesPerSlot));
  return std::min(std::max(least, wanted), kTableBits<Bits> - taken);
}

template <typename Bits>
NodeRef TableFiller<Bits>::store_run() {
  const unsigned bits = inner_bits();
  // Numbers of slots must fit into a NodeRef.
  if (bits == 0 || aligned(slots_.size()) + (std::size_t{1} << bits) > NodeRef::kMaxSlots) {
    return builder_.add_run(slot_first_, run_);
  }
  const TableShape inner_shape = {0, shape_.depth - 1, shape_.least_bits};
  TableFiller inner(slots_, builder_, inner_shape, slot_first_, skip_ + bits_, bits);
  for (const CodedRange<Bits>& range : run_) inner.add(range.last, range.code);
  return inner.table();
}

template class TableFiller<std::uint32_t>;
template class TableFiller<AddressBits>;

}  // namespace portcullis
