"""Lookup time and memory of all structures against the size of a host-heavy deny list."""

from plot import style

SIZES = [10**n for n in range(3, 8)]
NAMES = ["portcullis", "binary_search", "libmaxminddb", "rte_fib_2", "rte_fib_4",
         "rte_fib_4_one_by_one", "rte_lpm6", "rte_fib6"]


def _curve(results, family, kind, name):
    """The points (prefixes, value) of one structure."""
    return [(size, run[name]) for size in SIZES
            for run in results.get(f"deny{family}_growth/{size}/{kind}", []) if name in run]


def _plot(results, kind, title, unit, names, path):
    figure, panels = style.figure(panels=2)
    for axes, family in zip(panels, (4, 6)):
        for name in names:
            points = _curve(results, family, kind, name)
            if points:
                style.line(axes, name, *zip(*points))
        style.name_axes(axes, f"{title}, IPv{family} deny list", "prefixes",
                        unit if family == 4 else "")
        axes.set_yscale("log")
        style.counts(axes, SIZES)
        axes.legend(fontsize="small")
    style.save(figure, path)


def draw(results, folder):
    if not any("_growth/" in benchmark for benchmark in results):
        return
    alone = [name for name in NAMES if name != "rte_fib_4_one_by_one"]
    _plot(results, "latency/in_prefix", "Dependent lookups", "ns a lookup", alone,
          folder / "matcher-latency.svg")
    _plot(results, "throughput/in_prefix", "Independent lookups", "ns a lookup", NAMES,
          folder / "matcher-throughput.svg")
    _plot(results, "size", "Memory", "bytes a prefix", alone, folder / "matcher-memory.svg")
