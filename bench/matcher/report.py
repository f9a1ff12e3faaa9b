"""The targets M1 to M11 against what was measured, as Markdown."""

import statistics

COMMAND = "bench/matcher/run"


class Missing(Exception):
    """A figure that this run did not measure."""


class Results:
    """Counters by benchmark; of several runs the median."""

    def __init__(self, benchmarks):
        self.benchmarks = benchmarks

    def value(self, benchmark, counter):
        runs = self.benchmarks.get(benchmark, [])
        values = [run[counter] for run in runs if counter in run]
        if not values:
            raise Missing(f"{counter} of {benchmark}")
        return statistics.median(values)


def short(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


class Check:
    """One figure of a target: where it was measured, ours, the anchor's, and whether it is met."""

    def __init__(self, what, ours, anchor, figure, met):
        self.what, self.ours, self.anchor, self.figure, self.met = what, ours, anchor, figure, met


def faster(results, benchmark, anchor, at_least, ours="portcullis"):
    """Ours against the anchor's time; the target is a factor."""
    ratio = results.value(benchmark, anchor + "_ratio")
    return Check(benchmark, short(results.value(benchmark, ours)) + " ns",
                 f"{anchor} {short(results.value(benchmark, anchor))} ns",
                 f"{short(ratio)}x (target {at_least}x)", ratio >= at_least)


def exact(results, benchmark, counter, at_most, unit):
    value = results.value(benchmark, counter)
    return Check(benchmark, f"{value:.2f} {unit}", "-", f"at most {at_most}", value <= at_most)


def per_prefix(results, table):
    value = results.value(f"{table}/build", "portcullis")
    return Check(f"{table}/build", short(value) + " ns a prefix", "-", "at most 50 ns", value <= 50)


def text(results, benchmark):
    """Ours is at most twice inet_pton: the program's ratio is inet_pton's time against ours."""
    ratio = 1 / results.value(benchmark, "inet_pton_ratio")
    return Check(benchmark, short(results.value(benchmark, "portcullis")) + " ns a line",
                 f"inet_pton {short(results.value(benchmark, 'inet_pton'))} ns",
                 f"{short(ratio)}x (target at most 2x)", ratio <= 2)


def size_independence(results):
    small = results.value("postmap/4600", "portcullis")
    large = results.value("postmap/640000", "portcullis")
    return Check("postmap/*", f"{short(small)} and {short(large)} ns", "-",
                 f"{short(large / small)}x (target at most 10x)", large <= 10 * small)


def isa(results, benchmark):
    baseline = results.value("baseline/" + benchmark, "portcullis")
    native = results.value("native/" + benchmark, "portcullis")
    return Check("isa: " + benchmark, f"{short(baseline)} ns", f"-march=native {short(native)} ns",
                 f"{baseline / native:.2f}x (target at most 1.4x)", baseline <= 1.4 * native)


# Number, words, whether the figures are exact, and the checks.
TARGETS = [
    ("M1", "deny list, dependent in-prefix latency against rte_fib (4 bytes, bulk of 1)", False, [
        lambda r: faster(r, "deny4/latency/in_prefix", "rte_fib_4", 5)]),
    ("M2", "deny list, throughput against rte_fib", False, [
        lambda r: faster(r, "deny4/throughput/in_prefix", "rte_fib_4_one_by_one", 5),
        lambda r: faster(r, "deny4/throughput/zipf", "rte_fib_4_one_by_one", 3),
        lambda r: faster(r, "deny4/throughput/in_prefix", "rte_fib_4", 5),
        lambda r: faster(r, "deny4/throughput/zipf", "rte_fib_4", 3)]),
    ("M3", "bgp4, dependent latency against rte_fib (2 bytes)", False, [
        lambda r: faster(r, "bgp4/latency/uniform", "rte_fib_2", 6),
        lambda r: faster(r, "bgp4/latency/in_prefix", "rte_fib_2", 0.9),
        lambda r: faster(r, "bgp4/latency/zipf", "rte_fib_2", 0.9)]),
    ("M4", "IPv4 bytes a prefix", True, [
        lambda r: exact(r, "bgp4/size", "portcullis", 5.5, "bytes"),
        lambda r: exact(r, "deny4/size", "portcullis", 8, "bytes"),
        lambda r: exact(r, "bgp4_one_outcome/size", "portcullis", 1.5, "bytes")]),
    ("M5", "build from sorted prefixes against a loop of rte_fib_add", False, [
        lambda r: faster(r, "bgp4/build", "rte_fib_add", 30),
        lambda r: faster(r, "deny4/build", "rte_fib_add", 30),
        lambda r: per_prefix(r, "bgp4"),
        lambda r: per_prefix(r, "deny4")]),
    ("M6", "list text to a usable policy, against inet_pton alone", False, [
        lambda r: text(r, "deny4/text/sorted"),
        lambda r: text(r, "deny4/text/shuffled")]),
    ("M7", "cold cache lines a lookup, IPv4", True, [
        lambda r: exact(r, "bgp4/size", "lines_in_prefix", 3.0, "lines (mean)"),
        lambda r: exact(r, "deny4/size", "lines_in_prefix", 3.2, "lines (mean)"),
        lambda r: exact(r, "bgp4/size", "lines_most", 5, "lines (most)"),
        lambda r: exact(r, "deny4/size", "lines_most", 5, "lines (most)")]),
    ("M7", "cold cache lines a lookup, IPv6 (mean, most)", True, [
        lambda r: exact(r, "bgp6/size", "lines_in_prefix", 5.0, "lines (mean)"),
        lambda r: exact(r, "bgp6/size", "lines_most", 12, "lines (most)")]),
    ("M8", "bgp6, dependent in-prefix latency against rte_lpm6 and libmaxminddb", False, [
        lambda r: faster(r, "bgp6/latency/in_prefix", "rte_lpm6", 2.5),
        lambda r: faster(r, "bgp6/latency/in_prefix", "libmaxminddb", 7)]),
    ("M9", "IPv6 bytes a prefix", True, [
        lambda r: exact(r, "bgp6/size", "portcullis", 14, "bytes"),
        lambda r: exact(r, "syn6/size", "portcullis", 34, "bytes")]),
    ("M10", "a lookup against Postfix itself: `postmap -q` in a `cidr:` table", False, [
        lambda r: faster(r, "postmap/4600", "postmap", 500),
        lambda r: faster(r, "postmap/640000", "postmap", 500),
        size_independence]),
    ("M11", "compiled for x86-64 against -march=native", False, [
        lambda r: isa(r, "deny4/latency/in_prefix"),
        lambda r: isa(r, "deny4/throughput/in_prefix"),
        lambda r: isa(r, "bgp6/latency/in_prefix"),
        lambda r: isa(r, "bgp6/throughput/in_prefix")]),
]


def verdict_on(checks):
    if not checks:
        return "not measured"
    if any(check.met is False for check in checks):
        return "fallen short"
    return "met" if all(check.met for check in checks) else "not shown"


def target_row(results, number, words, is_exact, checks):
    done, missing = [], []
    for check in checks:
        try:
            done.append(check(results))
        except Missing as error:
            missing.append(str(error))
    verdict = verdict_on(done)
    if is_exact and done:
        verdict += ", exact"
    if done and missing:
        verdict += f"; not measured: {', '.join(missing)}"

    def column(values):
        return "<br>".join(values)

    figures = [c.figure + (" **short**" if c.met is False else "") for c in done]
    return (f"| {number} | {words} | {column(f'`{c.what}`' for c in done)} | "
            f"{column(c.ours for c in done)} | {column(c.anchor for c in done)} | "
            f"{column(figures)} | {verdict} |")


def contest_table(results, tables, kinds):
    """What every structure took in the same run."""
    names = sorted({counter + "_ratio" for table in tables for kind in kinds
                    for run in results.benchmarks.get(f"{table}/{kind}", [])
                    for counter in run if counter + "_ratio" in run})
    names = [name.removesuffix("_ratio") for name in names]
    lines = ["| table | " + " | ".join(["portcullis", *names]) + " |",
             "|---" * (len(names) + 2) + "|"]
    for table in tables:
        for kind in kinds:
            cells = []
            for name in ["portcullis", *names]:
                try:
                    cells.append(short(results.value(f"{table}/{kind}", name)))
                except Missing:
                    cells.append("-")
            lines.append(f"| {table}/{kind} | " + " | ".join(cells) + " |")
    return lines


def growth_table(results):
    lines = ["| prefixes | IPv4 latency | IPv4 throughput | IPv4 build | IPv4 bytes | "
             "IPv6 latency | IPv6 throughput | IPv6 build | IPv6 bytes |", "|---" * 9 + "|"]
    for count in (10**n for n in range(3, 8)):
        cells = []
        for family in (4, 6):
            for kind in ("latency/in_prefix", "throughput/in_prefix", "build", "size"):
                try:
                    value = results.value(f"deny{family}_growth/{count}/{kind}", "portcullis")
                    cells.append(short(value))
                except Missing:
                    cells.append("-")
        lines.append(f"| {count:,} | " + " | ".join(cells) + " |")
    return lines


def markdown(measured):
    results = Results(measured["results"])
    lines = [
        "## The matcher", "",
        f"All rows: `{COMMAND}`; tables: {measured['tables']}. Times are processor time, medians of",
        "interleaved rounds with warm caches; a ratio is the median of the ratios within a round. Every",
        "structure gave our answers for all addresses before it was timed.", "",
        "| | target | measured in | ours | anchor | ratio | verdict |", "|---|---|---|---|---|---|---|",
        *(target_row(results, *target) for target in TARGETS), "",
        "M2 is given twice: with addresses handed to rte_fib one by one, as a mail server has them, and",
        "in bulks of 64. DPDK runs with `--no-huge`, but transparent huge pages are asked for on its",
        "memory, which makes it faster; ours asks for none.", "",
        "Nanoseconds a lookup, dependent latency and throughput:", "",
        *contest_table(results, ["bgp4", "deny4"],
                       [f"{m}/{t}" for m in ("latency", "throughput")
                        for t in ("uniform", "in_prefix", "zipf")]), "",
        *contest_table(results, ["bgp6", "syn6"],
                       [f"{m}/{t}" for m in ("latency", "throughput")
                        for t in ("uniform", "in_prefix", "zipf")]), "",
        "How the cost of ours grows with a host-heavy deny list, nanoseconds and bytes a prefix:", "",
        *growth_table(results), ""]
    return "\n".join(lines)
