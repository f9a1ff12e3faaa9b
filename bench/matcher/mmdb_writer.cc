#include "bench/matcher/mmdb_writer.h"

#include <array>
#include <cstdint>
#include <map>

#include "policy/elementary_intervals.h"

namespace portcullis::bench {
namespace {

// Type numbers of the data section.
enum class Type : unsigned { text = 2, uint16 = 5, uint32 = 6, map = 7, uint64 = 9, array = 11 };

void append_big_endian(std::string& to, std::uint64_t value, unsigned bytes) {
  while (bytes > 0) to.push_back(static_cast<char>(value >> 8 * --bytes & 0xff));
}

// A field's control byte; types from 8 on take a second one. All sizes here are below 29.
void append_control(std::string& to, Type type, std::size_t size) {
  const auto number = static_cast<unsigned>(type);
  append_big_endian(to, (number < 8 ? number << 5 : 0) | size, 1);
  if (number >= 8) append_big_endian(to, number - 7, 1);
}

void append_text(std::string& to, const std::string& text) {
  append_control(to, Type::text, text.size());
  to += text;
}

void append_number(std::string& to, Type type, std::uint64_t value) {
  const unsigned bytes = type == Type::uint16 ? 2 : type == Type::uint32 ? 4 : 8;
  append_control(to, type, bytes);
  append_big_endian(to, value, bytes);
}

// The binary tree over elementary intervals: a block of addresses within one interval is a leaf,
// any other a node with two halves. Records hold a node's number or, marked, an outcome.
class Tree {
 public:
  struct Record {
    bool is_node = false;
    std::uint32_t value = kNoOutcome;
  };
  using Node = std::array<Record, 2>;

  explicit Tree(const std::vector<Interval>& intervals) : interval_(intervals.begin()) {
    // The root is a node even where one outcome holds for all.
    nodes_.emplace_back();
    const Record left = record(0, 1);
    const Record right = record(prefix_mask(1), 1);
    nodes_[0] = {left, right};
  }

  const std::vector<Node>& nodes() const { return nodes_; }

 private:
  // The block that starts at `first`, of addresses that share `length` bits.
  Record record(AddressBits first, unsigned length) {
    while (interval_->last < first) ++interval_;
    if (interval_->last >= (first | ~prefix_mask(length))) return {false, interval_->outcome};
    const auto number = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
    const Record left = record(first, length + 1);
    const AddressBits half = static_cast<AddressBits>(1) << (127 - length);
    const Record right = record(first | half, length + 1);
    nodes_[number] = {left, right};
    return {true, number};
  }

  std::vector<Interval>::const_iterator interval_;
  std::vector<Node> nodes_;
};

std::string metadata(std::size_t nodes, unsigned record_bits, AddressFamily family) {
  std::string to = "\xab\xcd\xefMaxMind.com";
  append_control(to, Type::map, 9);
  append_text(to, "node_count");
  append_number(to, Type::uint32, nodes);
  append_text(to, "record_size");
  append_number(to, Type::uint16, record_bits);
  append_text(to, "ip_version");
  append_number(to, Type::uint16, family == AddressFamily::ipv4 ? 4 : 6);
  append_text(to, "database_type");
  append_text(to, "outcomes");
  append_text(to, "languages");
  append_control(to, Type::array, 0);
  append_text(to, "binary_format_major_version");
  append_number(to, Type::uint16, 2);
  append_text(to, "binary_format_minor_version");
  append_number(to, Type::uint16, 0);
  append_text(to, "build_epoch");
  append_number(to, Type::uint64, 1);  // zero is refused
  append_text(to, "description");
  append_control(to, Type::map, 0);
  return to;
}

void append_node(std::string& to, std::uint32_t left, std::uint32_t right, unsigned record_bits) {
  if (record_bits == 28) {
    append_big_endian(to, left, 3);
    append_big_endian(to, left >> 24 << 4 | right >> 24, 1);
    append_big_endian(to, right, 3);
  } else {
    append_big_endian(to, left, record_bits / 8);
    append_big_endian(to, right, record_bits / 8);
  }
}

}  // namespace

std::string mmdb_of(const std::vector<PrefixOutcome>& sorted) {
  const Tree tree(elementary_intervals(sorted));
  const std::size_t count = tree.nodes().size();
  std::string data;
  std::map<Outcome, std::size_t> offsets;
  for (const PrefixOutcome& entry : sorted) {
    if (!offsets.try_emplace(entry.outcome, data.size()).second) continue;
    append_number(data, Type::uint32, entry.outcome);
  }
  // Data is pointed to as if it were behind the nodes and a separator of 16 bytes.
  const std::size_t highest = count + 16 + data.size();
  if (highest >> 32 != 0) return {};
  const unsigned record_bits = highest >> 24 == 0 ? 24 : highest >> 28 == 0 ? 28 : 32;
  const auto pointer = [&](const Tree::Record& record) {
    if (record.is_node) return record.value;
    const auto found = offsets.find(record.value);
    return static_cast<std::uint32_t>(found == offsets.end() ? count : count + 16 + found->second);
  };
  std::string file;
  file.reserve(count * record_bits / 4 + data.size() + 512);
  for (const auto& [left, right] : tree.nodes()) {
    append_node(file, pointer(left), pointer(right), record_bits);
  }
  file.append(16, '\0');
  return file + data + metadata(count, record_bits, sorted.front().prefix.family());
}

}  // namespace portcullis::bench
