"""What must be known beside the figures: the machine, and what was measured."""

import os
import pathlib
import platform
import subprocess

from report.figures import table

PACKAGES = ["postfix", "libmilter-dev", "libdpdk-dev", "libmaxminddb-dev", "libbenchmark-dev"]


def _output(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _field(path, name):
    """The first `name: value` of a file below /proc."""
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "?"


def _caches():
    found = []
    for cache in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((cache / name).read_text().strip()
                             for name in ("level", "type", "size"))
        found.append(f"L{level} {kind.lower()} {size}")
    return ", ".join(found) or "?"


def _distribution():
    for line in pathlib.Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip('"')
    return "?"


def machine():
    virtual = " (virtual)" if "hypervisor" in _field("/proc/cpuinfo", "flags").split() else ""
    kilobytes = int(_field("/proc/meminfo", "MemTotal").split()[0])
    return {"processor": _field("/proc/cpuinfo", "model name") + virtual,
            "cores": str(os.cpu_count()), "caches of one core": _caches(),
            "memory": f"{kilobytes / 1024**2:.0f} GB",
            "system": f"{_distribution()}, Linux {platform.release()}"}


def versions():
    """Of the compiler and of the packages that take part."""
    found = {"g++": _output("g++", "-dumpfullversion")}
    for package in PACKAGES:
        found[package] = _output("dpkg-query", "-W", "-f", "${Version}", package) or "not installed"
    return found


def commit(root):
    """Of the source tree, and whether more was changed than what a run itself writes."""
    short = _output("git", "-C", str(root), "rev-parse", "--short=12", "HEAD")
    changed = _output("git", "-C", str(root), "status", "--porcelain", "--", ".",
                      ":!bench/RESULTS.md", ":!bench/plots", ":!README.md")
    return (short or "unknown") + (" with changes" if changed else "")


def load():
    return f"{os.getloadavg()[0]:.1f}"


def machine_table(parts):
    """Of the first part: all parts of one machine are alike."""
    facts = next(iter(parts.values()))["facts"]
    return table(["", ""], [[name, value] for name, value in
                            {**facts["machine"], **facts["versions"]}.items()])


def parts_table(parts):
    return table(["part", "commit", "took", "load before", "load after"],
                 [[name, part["facts"]["commit"], f"{part['facts']['seconds'] / 60:.1f} min",
                   part["facts"]["load_before"], part["facts"]["load_after"]]
                  for name, part in parts.items()])
