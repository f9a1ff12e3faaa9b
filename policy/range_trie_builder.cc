#include "policy/range_trie_builder.h"

#include <algorithm>
#include <bit>
#include <type_traits>
#include <utility>

namespace portcullis {
namespace {

template <typename Bits>
constexpr unsigned kAllBits = 8 * sizeof(Bits);

// A node gives up what it could hold, or divides a range, if that makes its end this many bits
// shorter: the nodes above it then branch wider. Measured on hosts in real IPv6 routes.
constexpr unsigned kWorthCutting = 16;

constexpr std::size_t kMostChildren =
    1 + (kNodeBytes - sizeof(NodeHeader) - kChildBytes) / kMinWindow;

// How many ranges fit into a leaf at most: each takes its code and all but one an end.
constexpr std::size_t most_ranges(unsigned code_bits) {
  constexpr std::size_t kBits = 8 * (kNodeBytes - sizeof(NodeHeader) + kMinWindow);
  return kBits / (code_bits + 8 * kMinWindow);
}

// With narrow windows as many fit as that, whatever is lost to whole bytes and to alignment.
constexpr bool most_fit(unsigned code_bits) {
  const auto leaf = static_cast<std::uint8_t>(most_ranges(code_bits));
  NodeHeader header{0, 0, leaf, kMinWindow | NodeHeader::kLeaf};
  header.ends = static_cast<std::uint8_t>(ends_offset(header, code_bits));
  const auto branch = static_cast<std::uint8_t>(kMostChildren);
  return node_bytes(header) <= kNodeBytes &&
         node_bytes({0, sizeof(NodeHeader) + kChildBytes, branch, kMinWindow}) <= kNodeBytes;
}
static_assert(most_fit(1) && most_fit(2) && most_fit(4) && most_fit(8) && most_fit(16) &&
              most_fit(32));

// Leading bits that two different addresses share.
unsigned shared_bits(std::uint32_t a, std::uint32_t b) {
  return static_cast<unsigned>(std::countl_zero(a ^ b));
}
unsigned shared_bits(AddressBits a, AddressBits b) {
  const AddressBits different = a ^ b;
  const auto high = static_cast<std::uint64_t>(different >> 64);
  if (high != 0) return static_cast<unsigned>(std::countl_zero(high));
  return 64 + static_cast<unsigned>(std::countl_zero(static_cast<std::uint64_t>(different)));
}

unsigned trailing_ones(std::uint32_t bits) {
  return static_cast<unsigned>(std::countr_one(bits));
}
unsigned trailing_ones(AddressBits bits) {
  const auto low = static_cast<unsigned>(std::countr_one(static_cast<std::uint64_t>(bits)));
  if (low < 64) return low;
  return 64 + static_cast<unsigned>(std::countr_one(static_cast<std::uint64_t>(bits >> 64)));
}

// The address from `first` up to, not including, `last` that ends in the most ones.
template <typename Bits>
Bits roundest_before(Bits first, Bits last) {
  const Bits below = static_cast<Bits>(~Bits{0}) >> shared_bits(first, last) >> 1;
  return first | below;
}

// True if whatever lies in first..last has windows of two bytes, however its ends look.
template <typename Bits>
bool has_narrow_windows(Bits first, Bits last) {
  return first == last || shared_bits(first, last) + 8 * kMinWindow >= kAllBits<Bits>;
}

// The header of a node over the addresses first..last with ends whose last `ones` bits are ones.
template <typename Bits>
NodeHeader make_header(Bits first, Bits last, std::size_t count, unsigned ones, bool is_leaf,
                       unsigned code_bits) {
  NodeHeader header;
  header.count = static_cast<std::uint8_t>(count);
  unsigned width = kMinWindow;
  if (count > 1) {
    unsigned skip = shared_bits(first, last);
    if (std::is_same_v<Bits, std::uint32_t> && skip > kIpv4Skip) skip = kIpv4Skip;
    header.skip = static_cast<std::uint8_t>(skip);
    width = std::max(kMinWindow, (kAllBits<Bits> - skip - ones + 7) / 8);
  }
  header.kind = static_cast<std::uint8_t>(is_leaf ? width | NodeHeader::kLeaf : width);
  header.ends = static_cast<std::uint8_t>(ends_offset(header, code_bits));
  return header;
}

// The trailing ones that the ends of all parts but the last share.
template <typename Bits, typename Part>
unsigned shared_ones(std::span<const Part> parts) {
  Bits all = static_cast<Bits>(~Bits{0});
  for (const Part& part : parts.first(parts.size() - 1)) all &= part.last;
  return trailing_ones(all);
}

// How many of `parts`, each with its `last` address, fit into one node that starts at `first`.
template <typename Bits, typename Part>
std::size_t capacity(Bits first, std::span<const Part> parts, bool is_leaf, unsigned code_bits) {
  // Never more than with the narrowest windows, and mostly as many.
  const std::size_t most = std::min(parts.size(), is_leaf ? most_ranges(code_bits) : kMostChildren);
  if (has_narrow_windows(first, parts[most - 1].last)) return most;
  const auto fits = [&](std::size_t count, unsigned ones) {
    const auto header = make_header(first, parts[count - 1].last, count, ones, is_leaf, code_bits);
    return node_bytes(header) <= kNodeBytes;
  };
  if (fits(most, shared_ones<Bits>(parts.first(most)))) return most;
  unsigned ones = kAllBits<Bits>;
  for (std::size_t count = 1; count < most; ++count) {
    ones = std::min(ones, trailing_ones(parts[count - 1].last));
    if (!fits(count + 1, ones)) return count;
  }
  return most;
}

template <typename Bits, typename Part>
void store_ends(std::byte* to, const NodeHeader& header, std::span<const Part> parts) {
  const auto ends = parts.first(parts.size() - 1);
  if (header.width() == 2) {
    for (const Part& part : ends) {
      const Bits rest = part.last << header.skip;
      store_end_16(to, static_cast<std::uint16_t>(rest >> (kAllBits<Bits> - 16)));
      to += 2;
    }
    return;
  }
  for (const Part& part : ends) {
    const Bits window = (part.last << header.skip) >> (kAllBits<Bits> - 8 * header.width());
    store_little_endian(to, window, header.width());
    to += header.width();
  }
}

// Where a leaf ends: behind `taken` ranges, or, if it divides the last of them, within it.
template <typename Bits>
struct LeafCut {
  std::size_t taken;
  Bits last;
  bool divides;
};

// Of the last few places where a leaf of at most `fit` ranges can end, the one with the shortest
// end. It takes at least two ranges, beside one that it may leave in part to the next leaf.
template <typename Bits>
LeafCut<Bits> choose_cut(Bits first, std::span<const CodedRange<Bits>> ranges, std::size_t fit) {
  LeafCut<Bits> best = {fit, ranges[fit - 1].last, false};
  if (fit == ranges.size() || has_narrow_windows(first, ranges.back().last)) return best;
  unsigned best_ones = trailing_ones(best.last);
  const auto consider = [&](const LeafCut<Bits>& cut) {
    const unsigned ones = trailing_ones(cut.last);
    if (ones < best_ones + kWorthCutting) return;
    best = cut;
    best_ones = ones;
  };
  for (std::size_t taken = fit; taken >= 3 && taken + 1 + fit / 4 > fit; --taken) {
    const Bits last = ranges[taken - 1].last;
    consider({taken, roundest_before(ranges[taken - 2].last, last), true});
    consider({taken - 1, ranges[taken - 2].last, false});
  }
  return best;
}

// How many of the `fit` children that a branch can hold it takes, by the same consideration. Four
// always fit, and it takes at least four.
template <typename Child>
std::size_t choose_children(std::span<const Child> children, std::size_t fit) {
  if (fit == children.size()) return fit;
  std::size_t best = fit;
  for (std::size_t taken = fit; taken >= 4 && taken + fit / 4 >= fit; --taken) {
    const unsigned ones = trailing_ones(children[taken - 1].last);
    if (ones >= trailing_ones(children[best - 1].last) + kWorthCutting / 2) best = taken;
  }
  return best;
}

}  // namespace

template <typename Bits>
unsigned RangeTrieBuilder<Bits>::write_leaf(Bits first, Bits last,
                                            std::span<const CodedRange<Bits>> ranges) {
  const auto header =
      make_header(first, last, ranges.size(), shared_ones<Bits>(ranges), true, code_bits_);
  node_ = {};
  std::byte* node = node_.bytes.data();
  std::memcpy(node, &header, sizeof header);
  unsigned rank = 0;
  for (const CodedRange<Bits>& range : ranges) store_code(node, rank++, range.code, code_bits_);
  store_ends<Bits>(node + header.ends, header, ranges);
  return node_bytes(header);
}

template <typename Bits>
unsigned RangeTrieBuilder<Bits>::write_branch(Bits first, std::span<const Child> children) {
  const auto header = make_header(first, children.back().last, children.size(),
                                  shared_ones<Bits>(children), false, code_bits_);
  node_ = {};
  std::byte* node = node_.bytes.data();
  std::memcpy(node, &header, sizeof header);
  store_little_endian(node + sizeof header, children.front().line);
  store_ends<Bits>(node + header.ends, header, children);
  return node_bytes(header);
}

template <typename Bits>
NodeRef RangeTrieBuilder<Bits>::add_run(Bits first, std::span<const CodedRange<Bits>> ranges) {
  if (ranges.size() == 1) return NodeRef::to_code(ranges.front().code);
  if (capacity(first, ranges, true, code_bits_) == ranges.size()) {
    const unsigned bytes = write_leaf(first, ranges.back().last, ranges);
    return NodeRef::to_node(arena_.place(node_, bytes));
  }
  add_leaves(first, ranges);
  while (true) {
    if (arena_.exceeded()) return {};
    const std::span<const Child> children(children_);
    if (capacity(first, children, false, code_bits_) == children.size()) {
      const unsigned bytes = write_branch(first, children);
      return NodeRef::to_node(arena_.place(node_, bytes));
    }
    add_branches(first);
  }
}

template <typename Bits>
void RangeTrieBuilder<Bits>::add_leaves(Bits first, std::span<const CodedRange<Bits>> ranges) {
  children_.clear();
  unsigned bytes = 0;
  while (!ranges.empty() && !arena_.exceeded()) {
    const LeafCut<Bits> cut = choose_cut(first, ranges, capacity(first, ranges, true, code_bits_));
    bytes = write_leaf(first, cut.last, ranges.first(cut.taken));
    children_.push_back({arena_.append(node_), cut.last});
    ranges = ranges.subspan(cut.divides ? cut.taken - 1 : cut.taken);
    first = cut.last + 1;
  }
  if (!arena_.exceeded()) arena_.share_line(children_.back().line, bytes);
}

template <typename Bits>
void RangeTrieBuilder<Bits>::add_branches(Bits first) {
  parents_.clear();
  unsigned bytes = 0;
  std::span<const Child> children(children_);
  while (!children.empty() && !arena_.exceeded()) {
    const std::size_t taken =
        choose_children(children, capacity(first, children, false, code_bits_));
    bytes = write_branch(first, children.first(taken));
    const Bits last = children[taken - 1].last;
    parents_.push_back({arena_.append(node_), last});
    children = children.subspan(taken);
    first = last + 1;
  }
  if (!arena_.exceeded()) arena_.share_line(parents_.back().line, bytes);
  children_.swap(parents_);
}

template class RangeTrieBuilder<std::uint32_t>;
template class RangeTrieBuilder<AddressBits>;

}  // namespace portcullis
