"""Lookup time and memory of all structures against the size of a host-heavy deny list."""

import collections

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

# A structure keeps its colour and mark in every plot.
STYLES = {
    "portcullis": ("#d62728", "o"),
    "binary_search": ("#7f7f7f", "s"),
    "rte_fib_4": ("#1f77b4", "^"),
    "rte_fib_2": ("#17becf", "v"),
    "rte_lpm6": ("#2ca02c", "D"),
    "rte_fib6": ("#1f77b4", "^"),
    "libmaxminddb": ("#9467bd", "P"),
}


def curves(results, family, kind):
    """The points (prefixes, value) of each structure."""
    found = collections.defaultdict(list)
    for count in (10**n for n in range(3, 8)):
        for run in results.get(f"deny{family}_growth/{count}/{kind}", []):
            for name in STYLES:
                if name in run:
                    found[name].append((count, run[name]))
    return found


def plot(results, kind, words, path):
    figure, panels = pyplot.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    for panel, family in zip(panels, (4, 6)):
        for name, points in curves(results, family, kind).items():
            colour, mark = STYLES[name]
            panel.loglog(*zip(*points), label=name, color=colour, marker=mark)
        panel.set_title(f"IPv{family} deny list")
        panel.set_xlabel("prefixes")
        panel.grid(True, which="major", alpha=0.3)
        panel.legend(fontsize="small")
    panels[0].set_ylabel(words)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def write(results, folder):
    folder.mkdir(exist_ok=True)
    # The same figures give the same file.
    matplotlib.rcParams["svg.hashsalt"] = "portcullis"
    matplotlib.rcParams["svg.fonttype"] = "none"
    plot(results, "latency/in_prefix", "ns a lookup, dependent", folder / "matcher_latency.svg")
    plot(results, "throughput/in_prefix", "ns a lookup, independent",
         folder / "matcher_throughput.svg")
    plot(results, "size", "bytes a prefix", folder / "matcher_memory.svg")
