// What a PrefixTable costs: build time, bytes, cache lines, and time of a lookup beside that of a
// binary search over the same ranges, which is what one would write without it.
//
// Every measurement takes turns with its anchor within one process; the counters hold the ratios.
//   PORTCULLIS_BENCH_TABLE     a file with one prefix per line, instead of the generated tables
//   PORTCULLIS_BENCH_OUTCOMES  how many outcomes its entries are given at random (default 9)

#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>

#include <benchmark/benchmark.h>

#include "bench/sample_tables.h"
#include "policy/elementary_intervals.h"
#include "policy/prefix_table.h"

namespace portcullis::bench {
namespace {

constexpr std::uint64_t kSeed = 20'240'601;
constexpr std::size_t kAddresses = std::size_t{1} << 18;

// The anchor: std::upper_bound over the starts of the elementary intervals, by family.
class BinarySearch {
 public:
  explicit BinarySearch(const std::vector<PrefixOutcome>& entries) {
    std::vector<PrefixOutcome> sorted = entries;
    sort_by_prefix(sorted);
    const auto ipv6 = std::ranges::find_if(
        sorted, [](const PrefixOutcome& e) { return e.prefix.family() == AddressFamily::ipv6; });
    AddressBits first = 0;
    for (const Interval& interval : elementary_intervals({sorted.begin(), ipv6})) {
      ipv4_starts_.push_back(static_cast<std::uint32_t>(first >> 96));
      ipv4_outcomes_.push_back(interval.outcome);
      first = interval.last + 1;
    }
    for (const Interval& interval : elementary_intervals({ipv6, sorted.end()})) {
      ipv6_starts_.push_back(first);
      ipv6_outcomes_.push_back(interval.outcome);
      first = interval.last + 1;
    }
  }

  Outcome lookup(IpAddress address) const noexcept {
    if (address.is_ipv4()) return find(ipv4_starts_, ipv4_outcomes_, address.ipv4_value());
    return find(ipv6_starts_, ipv6_outcomes_, address.bits());
  }

  std::size_t intervals() const { return ipv4_starts_.size() + ipv6_starts_.size(); }

 private:
  template <typename Bits>
  static Outcome find(const std::vector<Bits>& starts, const std::vector<Outcome>& outcomes,
                      Bits address) {
    const auto behind = std::upper_bound(starts.begin(), starts.end(), address);
    return outcomes[static_cast<std::size_t>(behind - starts.begin()) - 1];
  }

  std::vector<std::uint32_t> ipv4_starts_;
  std::vector<Outcome> ipv4_outcomes_;
  std::vector<AddressBits> ipv6_starts_;
  std::vector<Outcome> ipv6_outcomes_;
};

struct Sample {
  explicit Sample(std::vector<PrefixOutcome> list)
      : entries(std::move(list)), anchor(entries), table(PrefixTable::build(entries).value()) {
    Random random(kSeed);
    for (const Traffic kind : {Traffic::uniform, Traffic::in_prefix, Traffic::zipf}) {
      traffic[kind] = sample(entries, kind, kAddresses, random);
    }
  }

  std::vector<PrefixOutcome> entries;
  BinarySearch anchor;
  PrefixTable table;
  std::map<Traffic, std::vector<IpAddress>> traffic;
};

// Zero, which the compiler cannot know: it makes an address depend on the answer before it.
volatile std::uint32_t unknown_zero = 0;

template <bool dependent, typename Matcher>
double seconds_for(const Matcher& matcher, const std::vector<IpAddress>& addresses) {
  const std::uint32_t zero = unknown_zero;
  Outcome sum = 0;
  Outcome previous = 0;
  const auto start = std::chrono::steady_clock::now();
  for (const IpAddress address : addresses) {
    if constexpr (dependent) {
      const AddressBits bits = address.bits() ^ static_cast<AddressBits>(previous & zero) << 96;
      previous = matcher.lookup(IpAddress::from_bits(bits, address.family()));
    } else {
      sum += matcher.lookup(address);
    }
  }
  benchmark::DoNotOptimize(sum);
  benchmark::DoNotOptimize(previous);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <bool dependent>
void lookup(benchmark::State& state, const Sample& list, Traffic kind) {
  const std::vector<IpAddress>& addresses = list.traffic.at(kind);
  double seconds = 0;
  double anchor_seconds = 0;
  for (auto iteration : state) {
    (void)iteration;
    const double taken = seconds_for<dependent>(list.table, addresses);
    anchor_seconds += seconds_for<dependent>(list.anchor, addresses);
    seconds += taken;
    state.SetIterationTime(taken);
  }
  double lines = 0;
  unsigned most_lines = 0;
  for (const IpAddress address : addresses) {
    lines += list.table.cache_lines(address);
    most_lines = std::max(most_lines, list.table.cache_lines(address));
  }
  const double lookups = static_cast<double>(state.iterations()) * kAddresses;
  state.counters["ns"] = seconds / lookups * 1e9;
  state.counters["anchor_ns"] = anchor_seconds / lookups * 1e9;
  state.counters["times_faster"] = anchor_seconds / seconds;
  state.counters["lines"] = lines / kAddresses;
  state.counters["most_lines"] = most_lines;
}

void build(benchmark::State& state, const Sample& list, bool sorted) {
  std::vector<PrefixOutcome> entries = list.entries;
  Random random(kSeed);
  if (sorted) {
    sort_by_prefix(entries);
  } else {
    std::ranges::shuffle(entries, random);
  }
  for (auto iteration : state) {
    (void)iteration;
    state.PauseTiming();
    std::vector<PrefixOutcome> copy = entries;
    state.ResumeTiming();
    benchmark::DoNotOptimize(PrefixTable::build(std::move(copy)));
  }
  const auto prefixes = static_cast<double>(entries.size());
  state.counters["prefixes"] = prefixes;
  state.counters["intervals"] = static_cast<double>(list.anchor.intervals());
  state.counters["bytes_per_prefix"] = static_cast<double>(list.table.memory_bytes()) / prefixes;
  state.counters["per_prefix"] = benchmark::Counter(
      prefixes, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void register_sample(const std::string& name, const std::shared_ptr<const Sample>& list) {
  using benchmark::RegisterBenchmark;
  for (const bool sorted : {true, false}) {
    RegisterBenchmark((name + "/build/" + (sorted ? "sorted" : "shuffled")).c_str(),
                      [=](benchmark::State& state) { build(state, *list, sorted); })
        ->Unit(benchmark::kMillisecond);
  }
  const std::map<Traffic, std::string> kinds = {
      {Traffic::uniform, "uniform"}, {Traffic::in_prefix, "in_prefix"}, {Traffic::zipf, "zipf"}};
  for (const auto& [kind, words] : kinds) {
    const Traffic traffic = kind;
    RegisterBenchmark((name + "/latency/" + words).c_str(),
                      [=](benchmark::State& state) { lookup<true>(state, *list, traffic); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
    RegisterBenchmark((name + "/throughput/" + words).c_str(),
                      [=](benchmark::State& state) { lookup<false>(state, *list, traffic); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
}

void register_all() {
  Random random(kSeed);
  if (const char* path = std::getenv("PORTCULLIS_BENCH_TABLE")) {
    const char* outcomes = std::getenv("PORTCULLIS_BENCH_OUTCOMES");
    auto entries = read_table(path, outcomes == nullptr ? 9 : std::stoul(outcomes), random);
    if (entries.empty()) {
      std::fprintf(stderr, "%s: no prefixes\n", path);
      std::exit(EXIT_FAILURE);
    }
    register_sample("file", std::make_shared<Sample>(std::move(entries)));
    return;
  }
  register_sample("bgp", std::make_shared<Sample>(bgp_like(900'000, 160'000, 200, random)));
  register_sample("deny", std::make_shared<Sample>(deny_like(700'000, 300'000, 9, random)));
}

}  // namespace
}  // namespace portcullis::bench

int main(int argc, char** argv) {
  portcullis::bench::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
}
