"""How our plots look: readable on light and on dark, and the same figures make the same file."""

import contextlib
import io

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

PAPER, INK, GRID = "#ffffff", "#24292f", "#d0d7de"
ON_DARK = {PAPER: "#0d1117", INK: "#e6edf3", GRID: "#30363d"}

# Whoever is measured keeps its colour and mark in every plot. The colours stand out from both papers.
STYLES = {
    "portcullis": {"color": "#d1372c", "marker": "o"},
    "portcullisd": {"color": "#d1372c", "marker": "o"},
    "binary_search": {"color": "#808080", "marker": "s"},
    "libmaxminddb": {"color": "#a371f7", "marker": "P"},
    "rte_fib_2": {"color": "#17a2b8", "marker": "v"},
    "rte_fib_4": {"color": "#2f81d6", "marker": "^"},
    "rte_fib_4_one_by_one": {"color": "#2f81d6", "marker": "^", "linestyle": ":"},
    "rte_lpm6": {"color": "#2da44e", "marker": "D"},
    "rte_fib6": {"color": "#2f81d6", "marker": "^"},
    "no-op filter": {"color": "#808080", "marker": "s", "linestyle": "--"},
    "no filter": {"color": "#808080", "marker": None, "linestyle": ":"},
    "Postfix cidr:": {"color": "#2f81d6", "marker": "^"},
}
RELOAD = "#d18616"

matplotlib.rcParams.update({
    "svg.hashsalt": "portcullis",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "figure.facecolor": PAPER, "axes.facecolor": PAPER, "savefig.facecolor": PAPER,
    "legend.facecolor": PAPER, "legend.edgecolor": GRID, "legend.framealpha": 1,
    "text.color": INK, "axes.labelcolor": INK, "axes.titlecolor": INK, "axes.edgecolor": INK,
    "xtick.color": INK, "ytick.color": INK, "grid.color": GRID,
})


def figure(panels=1):
    return pyplot.subplots(1, panels, figsize=(10 if panels > 1 else 7, 4), sharey=True,
                           layout="constrained")


def name_axes(axes, title, x, y):
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(True, which="major")


def counts(axes, values):
    """The x axis: these counts, written out."""
    axes.set_xscale("log")
    axes.set_xticks(values, [f"{value:,}" for value in values])
    axes.minorticks_off()


def line(axes, name, x, y):
    axes.plot(x, y, label=name, **STYLES[name])


def _dark_rules():
    """A viewer who prefers dark gets the other paper; all others need not know of it."""
    rules = "".join(f'[style*="{kind}: {light}"]{{{kind}:{dark} !important}}'
                    for light, dark in ON_DARK.items() for kind in ("fill", "stroke"))
    return f"@media (prefers-color-scheme: dark){{{rules}}}"


def save(drawn, path):
    with contextlib.closing(io.StringIO()) as buffer:
        drawn.savefig(buffer, format="svg", metadata={"Date": None})
        text = buffer.getvalue()
    pyplot.close(drawn)
    lines = (each.rstrip() for each in text.splitlines())
    path.write_text("\n".join(lines).replace("</style>", _dark_rules() + "</style>", 1) + "\n",
                    encoding="utf-8")
