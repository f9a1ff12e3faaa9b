// Lookups of ours alone. This program is compiled twice, for the baseline and for this machine,
// with all of policy/; bench/run starts the two in turns and compares.

#include <algorithm>
#include <cstdlib>

#include <benchmark/benchmark.h>

#include "bench/matcher/bench_table.h"
#include "bench/matcher/contest.h"

namespace portcullis::bench {
namespace {

void lookup(benchmark::State& state, const std::vector<PrefixOutcome>& entries, bool latency) {
  Matchers ours;
  append_ours(ours, entries);
  ours.front()->take(addresses_for(entries, Traffic::in_prefix));
  Contest contest({"portcullis"});
  for (auto iteration : state) {
    (void)iteration;
    const double seconds = latency ? ours.front()->latency_pass() : ours.front()->throughput_pass();
    contest.add(0, seconds);
    state.SetIterationTime(seconds);
  }
  contest.report(state, kAddresses);
}

void add(const std::string& table, const std::vector<PrefixOutcome>& entries) {
  for (const bool latency : {true, false}) {
    benchmark::RegisterBenchmark(
        (table + (latency ? "/latency" : "/throughput") + "/in_prefix").c_str(),
        [=](benchmark::State& state) { lookup(state, entries, latency); })
        ->UseManualTime()
        ->Iterations(7)
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace
}  // namespace portcullis::bench

int main(int argc, char** argv) {
  portcullis::bench::add("deny4", portcullis::bench::deny4());
  portcullis::bench::add("bgp6", portcullis::bench::bgp6());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
}
