"""The filter against one that does nothing."""

from plot import style


def sessions(found, path):
    every = found["by_clients"]
    clients = [each["clients"] for each in every]
    figure, axes = style.figure()
    style.line(axes, "portcullisd", clients, [each["rate"] for each in every])
    style.line(axes, "no-op filter", clients, [each["noop_rate"] for each in every])
    style.name_axes(axes, "Milter sessions, a million entries", "clients at once", "sessions/s")
    style.counts(axes, clients)
    axes.set_ylim(bottom=0)
    axes.legend()
    style.save(figure, path)


RELOADS_SHOWN = 10


def reload(found, path):
    paced = found["paced"]
    figure, axes = style.figure()
    shown = paced["windows"][:RELOADS_SHOWN]
    timeline = [point for point in paced["timeline"] if point[0] <= shown[-1][1] + 0.5]
    for begin, end in shown:
        axes.axvspan(begin, end, color=style.RELOAD, alpha=0.3,
                     label="reload" if begin == shown[0][0] else None)
    axes.plot(*zip(*timeline), label="portcullisd",
              color=style.STYLES["portcullisd"]["color"])
    style.name_axes(axes, "Answer to CONNECT while a million entries are reloaded, 1,500 sessions/s",
                    "seconds", "p99 of each 0.1 s, µs")
    axes.set_ylim(bottom=0)
    axes.legend()
    style.save(figure, path)


def postfix(found, path):
    every = found["by_entries"]
    entries = [each["entries"] for each in every]
    figure, axes = style.figure()
    style.line(axes, "portcullisd", entries, [each["ours"] for each in every])
    style.line(axes, "Postfix cidr:", entries, [each["cidr"] for each in every])
    style.line(axes, "no-op filter", entries, [found["noop"]] * len(entries))
    style.line(axes, "no filter", entries, [found["none"]] * len(entries))
    style.name_axes(axes, "Connections through Postfix", "entries of the list", "connections/s")
    style.counts(axes, entries)
    axes.set_ylim(bottom=0)
    axes.legend()
    style.save(figure, path)


def idle(found, path):
    growth = found["growth"]
    held = [each["idle"] for each in growth]
    figure, axes = style.figure()
    style.line(axes, "portcullisd", held, [each["rate"] for each in growth])
    style.line(axes, "no-op filter", held, [each["noop_rate"] for each in growth])
    style.name_axes(axes, "Milter sessions of 4 clients beside idle ones", "idle sessions held",
                    "sessions/s")
    axes.set_xscale("symlog", linthresh=10)
    axes.set_xticks(held, [f"{value:,}" for value in held])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.legend()
    style.save(figure, path)


def growth(found, path):
    every = found["by_entries"]
    entries = [each["entries"] for each in every]
    figure, axes = style.figure()
    axes.plot(entries, [each["table"] / 1e6 for each in every], label="memory, MB",
              **style.STYLES["portcullisd"])
    for key, mark in (("reload", "s"), ("start", "^")):
        axes.plot(entries, [each[key] for each in every], linestyle="--", marker=mark,
                  color=style.RELOAD, label=f"{key}, seconds")
    style.name_axes(axes, "What a list costs as it grows", "entries",
                    "MB beside the base; seconds")
    axes.set_yscale("log")
    style.counts(axes, entries)
    axes.legend()
    style.save(figure, path)


PLOTS = {"sessions": (sessions, "filter-sessions.svg"), "reload": (reload, "filter-reload.svg"),
         "smtp": (postfix, "filter-postfix.svg"), "idle": (idle, "filter-idle.svg"),
         "growth": (growth, "filter-growth.svg")}


def draw(results, folder):
    for name, (plot, file) in PLOTS.items():
        if name in results and "failed" not in results[name]:
            plot(results[name], folder / file)
