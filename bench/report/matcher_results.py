"""What the benchmarks of the matcher have measured, by name."""

import statistics

from report.check import Missing


class MatcherResults:
    """Counters by benchmark; of several runs the median."""

    def __init__(self, part):
        self.benchmarks = part["results"]
        self.absent = part["absent"]  # a contestant's first letters, and why it did not take part

    def value(self, benchmark, counter):
        runs = self.benchmarks.get(benchmark, [])
        values = [run[counter] for run in runs if counter in run]
        if not values:
            raise Missing(self.reason(benchmark, counter))
        return statistics.median(values)

    def reason(self, benchmark, counter):
        for start, why in self.absent.items():
            if counter.startswith(start) or benchmark.startswith(start):
                return why
        if benchmark in self.benchmarks:
            return f"{counter.removesuffix('_ratio')} cannot hold this table"
        return f"no {benchmark} in this run"
