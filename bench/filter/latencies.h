#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace portcullis::bench {

using Clock = std::chrono::steady_clock;

// Every latency of one run, so that a percentile is exact. For one thread.
class Latencies {
 public:
  struct Sample {
    Clock::time_point end;
    std::uint32_t nanoseconds;  // 4.2 s at most: longer ones count as that
  };

  void add(Clock::time_point begin, Clock::time_point end);

  std::size_t count() const { return samples_.size(); }
  const std::vector<Sample>& samples() const { return samples_; }

  // {"p50":..,"p90":..,"p99":..,"p999":..,"max":..} in microseconds; zeroes without samples.
  std::string to_json() const;

 private:
  std::vector<Sample> samples_;
};

}  // namespace portcullis::bench
