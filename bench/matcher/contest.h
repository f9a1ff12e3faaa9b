#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

namespace portcullis::bench {

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// The times of contestants that take turns, one pass each, round after round.
class Contest {
 public:
  // Ours is the first.
  explicit Contest(std::vector<std::string> names)
      : names_(std::move(names)), seconds_(names_.size()) {}

  void add(std::size_t contestant, double seconds) { seconds_[contestant].push_back(seconds); }

  // Counters of `state`: the median for each contestant in nanoseconds an item ("NAME"), and the
  // median over the rounds of its time against ours in the same round ("NAME_ratio").
  void report(benchmark::State& state, double items) const {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      state.counters[names_[i]] = median(seconds_[i]) / items * 1e9;
      if (i == 0) continue;
      std::vector<double> ratios;
      for (std::size_t round = 0; round < seconds_[i].size(); ++round) {
        ratios.push_back(seconds_[i][round] / seconds_[0][round]);
      }
      state.counters[names_[i] + "_ratio"] = median(ratios);
    }
  }

 private:
  std::vector<std::string> names_;
  std::vector<std::vector<double>> seconds_;  // by contestant and round
};

}  // namespace portcullis::bench
