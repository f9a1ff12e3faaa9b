#include "policy/node_arena.h"

#include <algorithm>
#include <utility>

namespace portcullis {
namespace {

unsigned units_for(unsigned bytes) {
  return (bytes + NodeArena::kUnitBytes - 1) / NodeArena::kUnitBytes;
}

}  // namespace

std::uint32_t NodeArena::append(const CacheLine& line) {
  // A unit's number has 31 bits.
  constexpr std::size_t kNumberable = (std::size_t{1} << 31) / kUnitsPerLine;
  if (line_count_ >= std::min(max_lines_, kNumberable)) {
    exceeded_ = true;
    return 0;
  }
  if (line_count_ % kChunkLines == 0) {
    chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
  }
  line_at(line_count_) = line;
  return static_cast<std::uint32_t>(line_count_++);
}

void NodeArena::share_line(std::uint32_t line, unsigned used_bytes) {
  const unsigned used = units_for(used_bytes);
  if (!exceeded_ && used < kUnitsPerLine) {
    offer(line * kUnitsPerLine + used, kUnitsPerLine - used);
  }
}

std::uint32_t NodeArena::place(const CacheLine& node, unsigned bytes) {
  const unsigned units = units_for(bytes);
  for (unsigned size = units; size < kUnitsPerLine; ++size) {
    if (free_[size].empty()) continue;
    const std::uint32_t unit = free_[size].back();
    free_[size].pop_back();
    if (size > units) offer(unit + units, size - units);
    auto* line = line_at(unit / kUnitsPerLine).bytes.data();
    const std::size_t at = std::size_t{unit % kUnitsPerLine} * kUnitBytes;
    std::copy_n(node.bytes.data(), units * kUnitBytes, line + at);
    return unit;
  }
  const std::uint32_t line = append(node);
  share_line(line, bytes);
  return line * kUnitsPerLine;
}

std::vector<CacheLine> NodeArena::take_lines() {
  std::vector<CacheLine> lines;
  lines.reserve(line_count_);
  for (std::unique_ptr<Chunk>& chunk : chunks_) {
    const std::size_t count = std::min(kChunkLines, line_count_ - lines.size());
    lines.insert(lines.end(), chunk->begin(), chunk->begin() + count);
    chunk.reset();
  }
  chunks_.clear();
  line_count_ = 0;
  return lines;
}

}  // namespace portcullis
