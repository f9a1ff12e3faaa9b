#include "policy/range_trie_builder.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace portcullis {
namespace {

constexpr unsigned kAllBits = 128;

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

// Leading bits that two different addresses share.
unsigned shared_bits(AddressBits a, AddressBits b) {
  const AddressBits different = a ^ b;
  const auto high = static_cast<std::uint64_t>(different >> 64);
  if (high != 0) return static_cast<unsigned>(std::countl_zero(high));
  return 64 + static_cast<unsigned>(std::countl_zero(static_cast<std::uint64_t>(different)));
}

unsigned trailing_ones(AddressBits bits) {
  const auto low = static_cast<unsigned>(std::countr_one(static_cast<std::uint64_t>(bits)));
  if (low < 64) return low;
  return 64 + static_cast<unsigned>(std::countr_one(static_cast<std::uint64_t>(bits >> 64)));
}

// The address from `first` up to, not including, `last` that ends in the most ones.
AddressBits roundest_before(AddressBits first, AddressBits last) {
  const AddressBits below = ~static_cast<AddressBits>(0) >> shared_bits(first, last) >> 1;
  return first | below;
}

// The header of a node over the addresses first..last with ends whose last `ones` bits are ones.
NodeHeader make_header(AddressBits first, AddressBits last, std::size_t count, unsigned ones,
                       bool is_leaf, unsigned code_bits) {
  NodeHeader header;
  header.count = static_cast<std::uint8_t>(count);
  unsigned width = kMinWindow;
  if (count > 1) {
    unsigned skip = shared_bits(first, last);
    if (skip > kIpv4Skip && ones >= kAllBits - 32) skip = kIpv4Skip;
    header.skip = static_cast<std::uint8_t>(skip);
    width = std::max(kMinWindow, (kAllBits - skip - ones + 7) / 8);
  }
  header.kind = static_cast<std::uint8_t>(is_leaf ? width | NodeHeader::kLeaf : width);
  header.ends = static_cast<std::uint8_t>(ends_offset(header, code_bits));
  return header;
}

// The trailing ones that the ends of all parts but the last share.
template <typename Part>
unsigned shared_ones(std::span<const Part> parts) {
  AddressBits all = ~static_cast<AddressBits>(0);
  for (const Part& part : parts.first(parts.size() - 1)) all &= part.last;
  return trailing_ones(all);
}

// How many of `parts`, each with its `last` address, fit into one node that starts at `first`.
template <typename Part>
std::size_t capacity(AddressBits first, std::span<const Part> parts, bool is_leaf,
                     unsigned code_bits) {
  const auto fits = [&](std::size_t count, unsigned ones) {
    const auto header = make_header(first, parts[count - 1].last, count, ones, is_leaf, code_bits);
    return node_bytes(header) <= kNodeBytes;
  };
  // Never more than with the narrowest windows, and mostly as many.
  const std::size_t most = std::min(parts.size(), is_leaf ? most_ranges(code_bits) : kMostChildren);
  if (fits(most, shared_ones(parts.first(most)))) return most;
  unsigned ones = kAllBits;
  for (std::size_t count = 1; count < most; ++count) {
    ones = std::min(ones, trailing_ones(parts[count - 1].last));
    if (!fits(count + 1, ones)) return count;
  }
  return most;
}

template <typename Part>
void store_ends(std::byte* to, const NodeHeader& header, std::span<const Part> parts) {
  const auto ends = parts.first(parts.size() - 1);
  if (header.width() == 2) {
    for (const Part& part : ends) {
      const auto window = static_cast<std::uint16_t>((part.last << header.skip) >> (kAllBits - 16));
      store_end_16(to, window);
      to += 2;
    }
    return;
  }
  for (const Part& part : ends) {
    const AddressBits window = (part.last << header.skip) >> (kAllBits - 8 * header.width());
    store_little_endian(to, window, header.width());
    to += header.width();
  }
}

// Where a leaf ends: behind `taken` ranges, or, if it divides the last of them, within it.
struct LeafCut {
  std::size_t taken;
  AddressBits last;
  bool divides;
};

// Of the last few places where a leaf of at most `fit` ranges can end, the one with the shortest
// end. It takes at least two ranges, beside one that it may leave in part to the next leaf.
LeafCut choose_cut(std::span<const CodedRange> ranges, std::size_t fit) {
  LeafCut best = {fit, ranges[fit - 1].last, false};
  if (fit == ranges.size()) return best;
  unsigned best_ones = trailing_ones(best.last);
  const auto consider = [&](const LeafCut& cut) {
    const unsigned ones = trailing_ones(cut.last);
    if (ones < best_ones + kWorthCutting) return;
    best = cut;
    best_ones = ones;
  };
  for (std::size_t taken = fit; taken >= 3 && taken + 1 + fit / 4 > fit; --taken) {
    const AddressBits last = ranges[taken - 1].last;
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

unsigned RangeTrieBuilder::write_leaf(AddressBits first, AddressBits last,
                                      std::span<const CodedRange> ranges) {
  const auto header =
      make_header(first, last, ranges.size(), shared_ones(ranges), true, code_bits_);
  node_ = {};
  std::byte* node = node_.bytes.data();
  std::memcpy(node, &header, sizeof header);
  unsigned rank = 0;
  for (const CodedRange& range : ranges) store_code(node, rank++, range.code, code_bits_);
  store_ends(node + header.ends, header, ranges);
  return node_bytes(header);
}

unsigned RangeTrieBuilder::write_branch(AddressBits first, std::span<const Child> children) {
  const auto header = make_header(first, children.back().last, children.size(),
                                  shared_ones(children), false, code_bits_);
  node_ = {};
  std::byte* node = node_.bytes.data();
  std::memcpy(node, &header, sizeof header);
  store_little_endian(node + sizeof header, children.front().line);
  store_ends(node + header.ends, header, children);
  return node_bytes(header);
}

NodeRef RangeTrieBuilder::add_run(AddressBits first, std::span<const CodedRange> ranges) {
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

void RangeTrieBuilder::add_leaves(AddressBits first, std::span<const CodedRange> ranges) {
  children_.clear();
  unsigned bytes = 0;
  while (!ranges.empty() && !arena_.exceeded()) {
    const LeafCut cut = choose_cut(ranges, capacity(first, ranges, true, code_bits_));
    bytes = write_leaf(first, cut.last, ranges.first(cut.taken));
    children_.push_back({arena_.append(node_), cut.last});
    ranges = ranges.subspan(cut.divides ? cut.taken - 1 : cut.taken);
    first = cut.last + 1;
  }
  if (!arena_.exceeded()) arena_.share_line(children_.back().line, bytes);
}

void RangeTrieBuilder::add_branches(AddressBits first) {
  parents_.clear();
  unsigned bytes = 0;
  std::span<const Child> children(children_);
  while (!children.empty() && !arena_.exceeded()) {
    const std::size_t taken =
        choose_children(children, capacity(first, children, false, code_bits_));
    bytes = write_branch(first, children.first(taken));
    const AddressBits last = children[taken - 1].last;
    parents_.push_back({arena_.append(node_), last});
    children = children.subspan(taken);
    first = last + 1;
  }
  if (!arena_.exceeded()) arena_.share_line(parents_.back().line, bytes);
  children_.swap(parents_);
}

}  // namespace portcullis
