#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace portcullis::bench {

// An address in network order; IPv4 as IPv4-mapped IPv6, so that all compare alike.
using RawAddress = std::array<std::uint8_t, 16>;

// What the networks of a list cover: sorted ranges and a binary search, made without any code of
// the filter, so that its verdicts can be checked against them.
class ListedRanges {
 public:
  using Range = std::pair<RawAddress, RawAddress>;  // first and last

  // One ADDRESS or ADDRESS/LENGTH a line. Throws std::runtime_error with a line that is neither.
  static ListedRanges read(const std::string& path);

  bool contains(const RawAddress& address) const;
  const std::vector<Range>& ranges() const { return ranges_; }  // sorted and disjoint

 private:
  std::vector<Range> ranges_;
};

// A client that a run pretends to be, and whether the list names it.
struct LoadClient {
  std::string text;
  bool ipv6 = false;
  bool listed = false;
};

// `count` clients made from `seed`: `listed_share` of them inside `listed`, the others anywhere
// else, nine of ten of those IPv4.
std::vector<LoadClient> random_clients(std::size_t count, std::uint64_t seed, double listed_share,
                                       const ListedRanges& listed);

// The clients of a file, one a line: ADDRESS, or ADDRESS and " listed".
std::vector<LoadClient> read_clients(const std::string& path);
void write_clients(const std::string& path, const std::vector<LoadClient>& clients);

}  // namespace portcullis::bench
