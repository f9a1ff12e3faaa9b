"""Runs the benchmarks of the matcher.

The tables are made from a seed, or read from a directory of lists, each with or without .gz:
bgp-v4.txt, bgp-v6.txt (routes), ipsum.txt and rir-*-ipv4.txt (together a deny list).
"""

import gzip
import pathlib
import shutil
import subprocess
import tempfile

import google_benchmark

TARGETS = ["matcher_bench", "list_text_bench", "postmap_bench", "isa_baseline_bench",
           "isa_native_bench"]
ISA_ROUNDS = 5
# Enough for most targets in a fifth of the time.
QUICK = {"matcher_bench": ["--benchmark_filter=-growth/1000000|/(uniform|zipf|shuffled)|"
                           "syn6/(latency|throughput|build)"],
         "postmap_bench": ["--benchmark_filter=in_prefix"]}

FILES = {"bgp4": ["bgp-v4.txt"], "bgp6": ["bgp-v6.txt"], "deny4": ["ipsum.txt", "rir-*-ipv4.txt"]}


def _lines(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def _tables(data, scratch):
    """The environment that tells the programs where the tables are: each one file of entries."""
    found = {}
    for name, patterns in FILES.items() if data else ():
        sources = sorted(path for p in patterns for q in (p, p + ".gz") for path in data.glob(q))
        if not sources:
            continue
        target = scratch / f"{name}.txt"
        target.write_text("".join(entry + "\n" for path in sources for entry in _lines(path)))
        found[f"PORTCULLIS_BENCH_{name.upper()}"] = str(target)
    return found


def _has_library(name):
    return subprocess.run(["pkg-config", "--exists", name], check=False).returncode == 0


def _absent():
    """The first letters of those who cannot take part here, and why."""
    why = {}
    if not _has_library("libdpdk"):
        why["rte_"] = "libdpdk-dev is not installed"
    if not _has_library("libmaxminddb"):
        why["libmaxminddb"] = "libmaxminddb-dev is not installed"
    if not shutil.which("postmap", path="/usr/sbin:/usr/bin"):
        why["postmap"] = "Postfix is not installed"
    return why


def _run_all(programs, environment, quick):
    """All benchmarks by name, without what Google Benchmark appends to names."""
    results = {}

    def keep(program, prefix=""):
        arguments = QUICK.get(program, []) if quick else []
        for each in google_benchmark.run(programs / program, arguments, environment):
            name = prefix + each["name"].split("/iterations:")[0]
            results.setdefault(name, []).append(each)

    keep("matcher_bench")
    keep("list_text_bench")
    keep("postmap_bench")
    for _ in range(1 if quick else ISA_ROUNDS):
        for isa in ("baseline", "native"):
            keep(f"isa_{isa}_bench", f"{isa}/")
    return results


def measure(programs, data, quick):
    with tempfile.TemporaryDirectory(prefix="portcullis-bench-") as scratch:
        environment = _tables(data, pathlib.Path(scratch))
        return {"tables": sorted(name.rsplit("_", 1)[1].lower() for name in environment),
                "results": _run_all(programs, environment, quick), "absent": _absent()}
