"""What every structure took, and how it grows."""

from report.check import Missing
from report.figures import short, table

TRAFFIC = [f"{measure}/{traffic}" for measure in ("latency", "throughput")
           for traffic in ("uniform", "in_prefix", "zipf")]
ORDER = ["portcullis", "binary_search", "libmaxminddb", "rte_fib_2", "rte_fib_4",
         "rte_fib_4_one_by_one", "rte_lpm6", "rte_fib6"]
SIZES = [10**n for n in range(3, 8)]


def _cell(results, benchmark, name):
    try:
        return short(results.value(benchmark, name))
    except Missing:
        return "-"


def _contestants(results, benchmarks):
    """Who took part in any of them, in a fixed order."""
    return [name for name in ORDER
            if any(_cell(results, benchmark, name) != "-" for benchmark in benchmarks)]


def _by_contestant(results, title, rows):
    """One row for each (title, benchmark), one column for each structure."""
    names = _contestants(results, [benchmark for _, benchmark in rows])
    return table([title, *names], [[words, *(_cell(results, benchmark, name) for name in names)]
                                   for words, benchmark in rows])


def contest(results, tables):
    """Nanoseconds a lookup."""
    return _by_contestant(results, "ns a lookup", [(f"{each}/{kind}", f"{each}/{kind}")
                                                   for each in tables for kind in TRAFFIC])


def growth(results, family, kind, title):
    return _by_contestant(results, title, [(f"{size:,}", f"deny{family}_growth/{size}/{kind}")
                                           for size in SIZES])


def builds(results):
    """Nanoseconds a prefix; not every table is given to every structure."""
    names = ["portcullis", "rte_fib_add", "rte_fib_with_create"]
    rows = [f"{each}/build/{order}" for each in ("bgp4", "deny4", "bgp6", "syn6")
            for order in ("sorted", "shuffled")]
    rows += [f"deny{family}_growth/{size}/build/{order}" for family in (4, 6) for size in SIZES
             for order in ("sorted", "shuffled")]
    return table(["ns a prefix", *names],
                 [[row, *(_cell(results, row, name) for name in names)] for row in rows
                  if _cell(results, row, "portcullis") != "-"])
