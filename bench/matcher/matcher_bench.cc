// PrefixTable beside its anchors: time of a lookup, time of a build, bytes and cache lines.
//
// Every benchmark is a contest of all structures that can hold the table. They take turns, one
// pass to warm up and one that counts, round after round; the counters are the medians in
// nanoseconds for each structure ("NAME") and the medians of the ratios within a round, the
// structure's time against ours ("NAME_ratio"). A structure must first give our answers for every
// address of the contest, or the program stops.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>

#include <benchmark/benchmark.h>

#include "bench/matcher/bench_table.h"
#include "bench/matcher/contest.h"
#include "bench/matcher/timed_matcher.h"
#include "policy/elementary_intervals.h"
#include "policy/prefix_table.h"

namespace portcullis::bench {
namespace {

constexpr int kRounds = 5;

using MakeEntries = std::function<std::vector<PrefixOutcome>()>;

// A table in all structures. Ours comes first.
struct Contestants {
  explicit Contestants(std::vector<PrefixOutcome> list)
      : entries(std::move(list)), ours(PrefixTable::build(entries).value()) {
    append_ours(matchers, entries);
    append_dpdk(matchers, entries);
    append_libmaxminddb(matchers, entries);
    append_binary_search(matchers, entries);
  }

  std::vector<PrefixOutcome> entries;
  PrefixTable ours;
  Matchers matchers;
};

// One table is held at a time: benchmarks of one table stand together.
const Contestants& contestants_of(const std::string& table, const MakeEntries& make) {
  static std::string current;
  static std::optional<Contestants> contestants;
  if (current != table) {
    contestants.reset();
    contestants.emplace(make());
    current = table;
  }
  return *contestants;
}

void require_our_answers(const Matchers& matchers, const std::vector<IpAddress>& addresses) {
  const std::vector<Outcome> ours = matchers.front()->answers();
  for (const auto& matcher : matchers) {
    const std::vector<Outcome> theirs = matcher->answers();
    const auto different = std::ranges::mismatch(ours, theirs).in1;
    if (different == ours.end()) continue;
    const auto i = static_cast<std::size_t>(different - ours.begin());
    std::fprintf(stderr, "%s: %s says %u, we say %u\n", addresses[i].to_string().c_str(),
                 matcher->name().c_str(), theirs[i], ours[i]);
    std::exit(EXIT_FAILURE);
  }
}

using Pass = double (Matcher::*)();

void lookup(benchmark::State& state, const Contestants& contestants, Traffic traffic, Pass pass) {
  const std::vector<IpAddress> addresses = addresses_for(contestants.entries, traffic);
  std::vector<std::string> names;
  for (const auto& matcher : contestants.matchers) {
    names.push_back(matcher->name());
    matcher->take(addresses);
  }
  require_our_answers(contestants.matchers, addresses);
  Contest contest(names);
  for (auto iteration : state) {
    (void)iteration;
    for (std::size_t i = 0; i < names.size(); ++i) {
      // Once to bring its tables back into the cache, for the others have driven them out.
      (contestants.matchers[i].get()->*pass)();
      const double seconds = (contestants.matchers[i].get()->*pass)();
      contest.add(i, seconds);
      if (i == 0) state.SetIterationTime(seconds);
    }
  }
  contest.report(state, kAddresses);
}

void size(benchmark::State& state, const Contestants& contestants) {
  for (auto iteration : state) {
    (void)iteration;
    benchmark::DoNotOptimize(contestants.ours.memory_bytes());
  }
  const auto prefixes = static_cast<double>(contestants.entries.size());
  state.counters["prefixes"] = prefixes;
  state.counters["intervals"] =
      static_cast<double>(elementary_intervals(contestants.entries).size());
  for (const auto& matcher : contestants.matchers) {
    state.counters[matcher->name()] = static_cast<double>(matcher->memory_bytes()) / prefixes;
  }
  unsigned most = 0;
  for (const Traffic traffic : {Traffic::uniform, Traffic::in_prefix, Traffic::zipf}) {
    double lines = 0;
    for (const IpAddress address : addresses_for(contestants.entries, traffic)) {
      lines += contestants.ours.cache_lines(address);
      most = std::max(most, contestants.ours.cache_lines(address));
    }
    state.counters["lines_" + name_of(traffic)] = lines / kAddresses;
  }
  state.counters["lines_most"] = most;
}

double build_seconds(const std::vector<PrefixOutcome>& entries) {
  std::vector<PrefixOutcome> copy = entries;
  const Stopwatch watch;
  const auto table = PrefixTable::build(std::move(copy));
  const double seconds = watch.seconds();
  benchmark::DoNotOptimize(table.value().memory_bytes());
  return seconds;
}

// Both get the prefixes in the same order. rte_fib_add is the loop over them alone,
// rte_fib_with_create what must be done before it as well.
void build(benchmark::State& state, std::vector<PrefixOutcome> entries, bool shuffled,
           bool anchor) {
  Random random(kSeed);
  if (shuffled) std::ranges::shuffle(entries, random);
  const bool dpdk = anchor && dpdk_build(entries);
  std::vector<std::string> names = {"portcullis"};
  if (dpdk) names.insert(names.end(), {"rte_fib_add", "rte_fib_with_create"});
  Contest contest(names);
  for (auto iteration : state) {
    (void)iteration;
    const double seconds = build_seconds(entries);
    state.SetIterationTime(seconds);
    contest.add(0, seconds);
    if (!dpdk) continue;
    const DpdkBuild theirs = dpdk_build(entries).value();
    contest.add(1, theirs.add_seconds);
    contest.add(2, theirs.add_seconds + theirs.create_seconds);
  }
  contest.report(state, static_cast<double>(entries.size()));
}

benchmark::internal::Benchmark* add(const std::string& name,
                                    std::function<void(benchmark::State&)> run, int rounds) {
  return benchmark::RegisterBenchmark(name.c_str(), std::move(run))
      ->UseManualTime()
      ->Iterations(rounds)
      ->Unit(benchmark::kMillisecond);
}

void add_size(const std::string& table, const MakeEntries& make) {
  benchmark::RegisterBenchmark((table + "/size").c_str(), [=](benchmark::State& state) {
    size(state, contestants_of(table, make));
  })->Iterations(1);
}

void add_latency(const std::string& table, const MakeEntries& make, Traffic traffic) {
  add(
      table + "/latency/" + name_of(traffic),
      [=](benchmark::State& state) {
        lookup(state, contestants_of(table, make), traffic, &Matcher::latency_pass);
      },
      kRounds);
}

void add_throughput(const std::string& table, const MakeEntries& make, Traffic traffic) {
  add(
      table + "/throughput/" + name_of(traffic),
      [=](benchmark::State& state) {
        lookup(state, contestants_of(table, make), traffic, &Matcher::throughput_pass);
      },
      kRounds);
}

void add_build(const std::string& table, const MakeEntries& make, bool anchor) {
  for (const bool shuffled : {false, true}) {
    add(
        table + "/build/" + (shuffled ? "shuffled" : "sorted"),
        [=](benchmark::State& state) { build(state, make(), shuffled, anchor); }, kRounds);
  }
}

void add_all(const std::string& table, const MakeEntries& make) {
  add_build(table, make, true);
  add_size(table, make);
  for (const Traffic traffic : {Traffic::uniform, Traffic::in_prefix, Traffic::zipf}) {
    add_latency(table, make, traffic);
    add_throughput(table, make, traffic);
  }
}

// The same shape at every size.
void add_growth(AddressFamily family) {
  for (std::size_t count = 1'000; count <= 10'000'000; count *= 10) {
    const std::string table =
        (family == AddressFamily::ipv4 ? "deny4_growth/" : "deny6_growth/") + std::to_string(count);
    const MakeEntries make = [=] {
      Random random(kSeed);
      return deny_like(family, count, 9, random);
    };
    add_size(table, make);
    add_latency(table, make, Traffic::in_prefix);
    add_throughput(table, make, Traffic::in_prefix);
    add_build(
        table, [=] { return contestants_of(table, make).entries; }, false);
  }
}

void add_everything() {
  add_all("bgp4", bgp4);
  add_size("bgp4_one_outcome", [] { return with_one_outcome(bgp4()); });
  add_all("deny4", deny4);
  add_all("bgp6", bgp6);
  add_all("syn6", syn6);
  add_growth(AddressFamily::ipv4);
  add_growth(AddressFamily::ipv6);
}

}  // namespace
}  // namespace portcullis::bench

int main(int argc, char** argv) {
  portcullis::bench::add_everything();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
}
