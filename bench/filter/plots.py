"""The figures as SVG."""

import os

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "portcullis"  # the same figures make the same file
import matplotlib.pyplot as plt  # noqa: E402


def _save(figure, directory, name):
    figure.tight_layout()
    figure.savefig(os.path.join(directory, name), metadata={"Date": None})
    plt.close(figure)


def _axes(title, x, y):
    figure, axes = plt.subplots(figsize=(7, 4))
    axes.set_title(title)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(True, alpha=0.3)
    return figure, axes


def _plain_ticks(axes, values):
    axes.set_xscale("log")
    axes.set_xticks(values, [f"{value:,}" for value in values])
    axes.minorticks_off()


def sessions(found, directory):
    every = found["by_clients"]
    clients = [each["clients"] for each in every]
    figure, axes = _axes("Milter sessions, a million entries", "clients at once", "sessions/s")
    axes.plot(clients, [each["rate"] for each in every], "o-", label="portcullisd")
    axes.plot(clients, [each["noop_rate"] for each in every], "s--", label="no-op filter")
    _plain_ticks(axes, clients)
    axes.set_ylim(bottom=0)
    axes.legend()
    _save(figure, directory, "filter-sessions.svg")


def reload(found, directory):
    paced = found["paced"]
    figure, axes = _axes("Answer to CONNECT while a million entries are reloaded, 1,500 sessions/s",
                         "seconds", "p99 of each 0.1 s, µs")
    for begin, end in paced["windows"]:
        axes.axvspan(begin, end, color="tab:orange", alpha=0.25,
                     label="reload" if begin == paced["windows"][0][0] else None)
    axes.plot(*zip(*paced["timeline"]), label="portcullisd")
    axes.set_ylim(bottom=0)
    axes.legend()
    _save(figure, directory, "filter-reload.svg")


def smtp(found, directory):
    every = found["by_entries"]
    entries = [each["entries"] for each in every]
    figure, axes = _axes("Connections through Postfix", "entries of the list", "connections/s")
    axes.plot(entries, [each["ours"] for each in every], "o-", label="portcullisd")
    axes.plot(entries, [each["cidr"] for each in every], "s-", label="Postfix cidr:")
    axes.axhline(found["noop"], color="grey", linestyle="--", label="no-op filter")
    axes.axhline(found["none"], color="grey", linestyle=":", label="no filter")
    _plain_ticks(axes, entries)
    axes.set_ylim(bottom=0)
    axes.legend()
    _save(figure, directory, "filter-postfix.svg")


def idle(found, directory):
    growth = found["growth"]
    held = [each["idle"] for each in growth]
    figure, axes = _axes("Milter sessions of 4 clients beside idle ones", "idle sessions held",
                         "sessions/s")
    axes.plot(held, [each["rate"] for each in growth], "o-", label="portcullisd")
    axes.plot(held, [each["noop_rate"] for each in growth], "s--", label="no-op filter")
    axes.set_xscale("symlog", linthresh=10)
    axes.set_xticks(held, [f"{value:,}" for value in held])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.legend()
    _save(figure, directory, "filter-idle.svg")


def growth(found, directory):
    every = found["by_entries"]
    entries = [each["entries"] for each in every]
    figure, axes = _axes("What a list costs as it grows", "entries", "MB beside the base")
    axes.plot(entries, [each["table"] / 1e6 for each in every], "o-", label="memory")
    _plain_ticks(axes, entries)
    axes.set_yscale("log")
    seconds = axes.twinx()
    seconds.plot(entries, [each["reload"] for each in every], "s--", color="tab:orange",
                 label="reload")
    seconds.set_yscale("log")
    seconds.set_ylabel("seconds")
    figure.legend(loc="upper left", bbox_to_anchor=(0.12, 0.9))
    _save(figure, directory, "filter-growth.svg")


ALL = {"sessions": sessions, "reload": reload, "smtp": smtp, "idle": idle,
       "growth": growth}


def draw(figures, directory):
    os.makedirs(directory, exist_ok=True)
    for key, found in figures.items():
        if key in ALL:
            ALL[key](found, directory)
