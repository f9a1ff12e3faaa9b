#include "policy/slot_tables.h"

#include <algorithm>
#include <bit>

#include "policy/ip_prefix.h"

namespace portcullis {
namespace {

// A run this long gets a table instead of two or three levels of branches.
constexpr std::size_t kWorthTable = 512;
constexpr std::size_t kRangesPerSlot = 8;

}  // namespace

TableFiller::TableFiller(SlotTables& tables, RangeTrieBuilder& builder, AddressBits first,
                         unsigned skip, unsigned bits, unsigned nesting)
    : tables_(tables),
      builder_(builder),
      skip_(skip),
      bits_(bits),
      nesting_(nesting),
      table_(static_cast<std::uint32_t>(tables.tables.size())),
      slot_(tables.slots.size()),
      slots_end_(slot_ + (std::size_t{1} << bits)),
      slot_first_(first) {
  tables_.tables.push_back({static_cast<std::uint32_t>(slot_), static_cast<std::uint8_t>(skip),
                            static_cast<std::uint8_t>(bits)});
  tables_.slots.resize(slots_end_);
}

void TableFiller::add(AddressBits last, std::uint32_t code) {
  while (slot_ < slots_end_ && last >= slot_last()) {
    run_.push_back({slot_last(), code});
    const NodeRef stored = store_run();  // may add slots behind these
    tables_.slots[slot_++] = stored;
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
  const auto bits = static_cast<unsigned>(std::bit_width(run_.size() / kRangesPerSlot));
  TableFiller inner(tables_, builder_, slot_first_, skip, std::min(bits, 128 - skip), nesting_ + 1);
  for (const CodedRange& range : run_) inner.add(range.last, range.code);
  return inner.table();
}

}  // namespace portcullis
