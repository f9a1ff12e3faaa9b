#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "policy/range_node.h"

namespace portcullis {

// NodeArena holds the nodes of a trie in cache lines and gives them out by number. Nodes smaller
// than a line share one, but none lies across two. It stops growing at a limit: from then on
// exceeded() holds, and what is stored is worthless.
class NodeArena {
 public:
  // Nodes start at multiples of this.
  static constexpr unsigned kUnitBytes = 16;
  static constexpr unsigned kUnitsPerLine = unsigned{kNodeBytes} / kUnitBytes;

  explicit NodeArena(std::size_t max_bytes) : max_lines_(max_bytes / kNodeBytes) {}

  bool exceeded() const { return exceeded_; }
  std::size_t line_count() const { return line_count_; }

  // Puts a line behind all others; returns its number.
  std::uint32_t append(const CacheLine& line);

  // Lets other nodes use what the node at the start of this line leaves free.
  void share_line(std::uint32_t line, unsigned used_bytes);

  // Stores a node wherever it fits; returns the number of its first unit.
  std::uint32_t place(const CacheLine& node, unsigned bytes);

  // Hands over the lines, without spare capacity.
  std::vector<CacheLine> take_lines();

 private:
  // Lines come in chunks, so that growing copies nothing and take_lines() can free what it has
  // copied: the memory of one table, not of two.
  static constexpr std::size_t kChunkLines = 4096;
  using Chunk = std::array<CacheLine, kChunkLines>;

  CacheLine& line_at(std::size_t line) {
    return (*chunks_[line / kChunkLines])[line % kChunkLines];
  }
  void offer(std::uint32_t unit, unsigned units) { free_[units].push_back(unit); }

  std::size_t max_lines_;
  bool exceeded_ = false;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t line_count_ = 0;
  std::array<std::vector<std::uint32_t>, kUnitsPerLine> free_;  // by size in units
};

}  // namespace portcullis
