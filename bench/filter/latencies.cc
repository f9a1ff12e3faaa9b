#include "bench/filter/latencies.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/core.h>

namespace portcullis::bench {
namespace {

// The smallest sample that at least this share of all do not exceed.
double microseconds_at(const std::vector<std::uint32_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1] / 1e3;
}

}  // namespace

void Latencies::add(Clock::time_point begin, Clock::time_point end) {
  using std::chrono::nanoseconds;
  const auto taken = std::chrono::duration_cast<nanoseconds>(end - begin).count();
  const auto most = static_cast<std::int64_t>(std::numeric_limits<std::uint32_t>::max());
  samples_.push_back({end, static_cast<std::uint32_t>(std::clamp<std::int64_t>(taken, 0, most))});
}

std::string Latencies::to_json() const {
  std::vector<std::uint32_t> sorted;
  sorted.reserve(samples_.size());
  for (const Sample& sample : samples_) sorted.push_back(sample.nanoseconds);
  std::ranges::sort(sorted);
  return fmt::format(
      R"({{"p50": {:.1f}, "p90": {:.1f}, "p99": {:.1f}, "p999": {:.1f}, "max": {:.1f}}})",
      microseconds_at(sorted, 0.5), microseconds_at(sorted, 0.9), microseconds_at(sorted, 0.99),
      microseconds_at(sorted, 0.999), microseconds_at(sorted, 1));
}

}  // namespace portcullis::bench
