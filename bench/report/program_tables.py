"""The small benchmarks: one table for each program."""

from report.figures import short, table

NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
# What Google Benchmark says of every benchmark; all else is a counter of ours.
USUAL = {"name", "family_index", "per_family_instance_index", "run_name", "run_type",
         "repetitions", "repetition_index", "threads", "iterations", "real_time", "cpu_time",
         "time_unit", "aggregate_name", "aggregate_unit"}


def duration(nanoseconds):
    for unit in ("s", "ms", "us"):
        if nanoseconds >= NANOSECONDS[unit]:
            return f"{short(nanoseconds / NANOSECONDS[unit])} {unit.replace('u', 'µ')}"
    return f"{short(nanoseconds)} ns"


def _row(benchmark):
    unit = NANOSECONDS[benchmark["time_unit"]]
    counters = [f"{name} {short(value)}" for name, value in benchmark.items()
                if name not in USUAL]
    return [benchmark["name"], duration(benchmark["real_time"] * unit),
            duration(benchmark["cpu_time"] * unit), ", ".join(counters)]


def tables(part):
    return "\n\n".join(
        f"`{program}`:\n\n" + table(["benchmark", "elapsed", "processor", "counters"],
                                    [_row(each) for each in benchmarks])
        for program, benchmarks in part["results"].items())
