"""The targets M1 to M11 against what was measured."""

from report.check import Check, Missing
from report.figures import short


def faster(benchmark, anchor, at_least):
    """Ours against the anchor's time; the target is a factor."""

    def fill(check, results):
        ratio = results.value(benchmark, anchor + "_ratio")
        check.ours = short(results.value(benchmark, "portcullis")) + " ns"
        check.anchor = f"{anchor} {short(results.value(benchmark, anchor))} ns"
        check.ratio = short(ratio) + "x"
        check.met = ratio >= at_least

    return f"≥ {at_least}x", f"matcher_bench {benchmark}", fill


def postmap(benchmark):
    wanted, _, fill = faster(benchmark, "postmap", 500)
    return wanted, f"postmap_bench {benchmark}", fill


def exact(benchmark, counter, at_most, unit):
    def fill(check, results):
        value = results.value(benchmark, counter)
        check.ours, check.exact, check.met = f"{value:.2f} {unit}", True, value <= at_most

    return f"≤ {at_most}", f"matcher_bench {benchmark}", fill


def per_prefix(benchmark):
    def fill(check, results):
        value = results.value(benchmark, "portcullis")
        check.ours, check.met = short(value) + " ns a prefix", value <= 50

    return "≤ 50 ns", f"matcher_bench {benchmark}", fill


def text(benchmark):
    """The program's ratio is inet_pton's time against ours; the target is the other way round."""

    def fill(check, results):
        ratio = 1 / results.value(benchmark, "inet_pton_ratio")
        check.ours = short(results.value(benchmark, "portcullis")) + " ns a line"
        check.anchor = f"inet_pton {short(results.value(benchmark, 'inet_pton'))} ns"
        check.ratio, check.met = short(ratio) + "x", ratio <= 2

    return "≤ 2x", f"list_text_bench {benchmark}", fill


def size_independence(traffic):
    def fill(check, results):
        small = results.value(f"postmap/4600/{traffic}", "portcullis")
        large = results.value(f"postmap/640000/{traffic}", "portcullis")
        check.ours = f"{short(small)} and {short(large)} ns"
        check.ratio, check.met = short(large / small) + "x", large <= 10 * small

    return "≤ 10x", f"postmap_bench postmap/.*/{traffic}", fill


def isa(benchmark):
    def fill(check, results):
        baseline = results.value("baseline/" + benchmark, "portcullis")
        native = results.value("native/" + benchmark, "portcullis")
        check.ours = short(baseline) + " ns"
        check.anchor = f"-march=native {short(native)} ns"
        check.ratio, check.met = f"{baseline / native:.2f}x", baseline <= 1.4 * native

    return "≤ 1.4x", f"isa_baseline_bench {benchmark}", fill


TARGETS = [
    ("M1", "deny list, dependent latency, rte_fib in bulks of 1",
     faster("deny4/latency/in_prefix", "rte_fib_4", 5)),
    ("M2", "deny list, throughput, rte_fib in bulks of 1",
     faster("deny4/throughput/in_prefix", "rte_fib_4_one_by_one", 5)),
    ("M2", "the same, zipf", faster("deny4/throughput/zipf", "rte_fib_4_one_by_one", 3)),
    ("M2", "deny list, throughput, rte_fib in bulks of 64",
     faster("deny4/throughput/in_prefix", "rte_fib_4", 5)),
    ("M2", "the same, zipf", faster("deny4/throughput/zipf", "rte_fib_4", 3)),
    ("M3", "bgp4, dependent latency, uniform", faster("bgp4/latency/uniform", "rte_fib_2", 6)),
    ("M3", "the same, in prefixes", faster("bgp4/latency/in_prefix", "rte_fib_2", 0.9)),
    ("M3", "the same, zipf", faster("bgp4/latency/zipf", "rte_fib_2", 0.9)),
    ("M4", "bytes a prefix, bgp4", exact("bgp4/size", "portcullis", 5.5, "bytes")),
    ("M4", "bytes a prefix, deny list", exact("deny4/size", "portcullis", 8, "bytes")),
    ("M4", "bytes a prefix, bgp4 with one outcome",
     exact("bgp4_one_outcome/size", "portcullis", 1.5, "bytes")),
    *(("M5", f"build from {order} prefixes, {table}",
       faster(f"{table}/build/{order}", "rte_fib_add", 30))
      for table in ("bgp4", "deny4") for order in ("shuffled", "sorted")),
    *(("M5", f"a million prefixes, {order}", per_prefix(f"deny4_growth/1000000/build/{order}"))
      for order in ("shuffled", "sorted")),
    *(("M6", f"list text to a usable policy, {table}, {order}", text(f"{table}/text/{order}"))
      for table in ("deny4", "syn6") for order in ("sorted", "shuffled")),
    *(("M7", f"cache lines a lookup, {table}, mean",
       exact(f"{table}/size", "lines_in_prefix", mean, "lines"))
      for table, mean in (("bgp4", 3.0), ("deny4", 3.2), ("bgp6", 5.0))),
    *(("M7", f"cache lines a lookup, {table}, most",
       exact(f"{table}/size", "lines_most", most, "lines"))
      for table, most in (("bgp4", 5), ("deny4", 5), ("bgp6", 12))),
    ("M8", "bgp6, dependent latency", faster("bgp6/latency/in_prefix", "rte_lpm6", 2.5)),
    ("M8", "bgp6, dependent latency", faster("bgp6/latency/in_prefix", "libmaxminddb", 7)),
    ("M9", "bytes a prefix, bgp6", exact("bgp6/size", "portcullis", 14, "bytes")),
    ("M9", "bytes a prefix, syn6", exact("syn6/size", "portcullis", 34, "bytes")),
    *(("M10", f"a lookup in a `cidr:` table of {count:,} entries, {traffic}",
       postmap(f"postmap/{count}/{traffic}"))
      for count in (4600, 640000) for traffic in ("uniform", "in_prefix", "zipf")),
    *(("M10", f"ours at 640,000 against ours at 4,600, {traffic}", size_independence(traffic))
      for traffic in ("uniform", "in_prefix", "zipf")),
    *(("M11", f"x86-64 against -march=native, {benchmark}", isa(benchmark))
      for benchmark in ("deny4/latency/in_prefix", "deny4/throughput/in_prefix",
                        "bgp6/latency/in_prefix", "bgp6/throughput/in_prefix")),
]


def checks(results):
    found = []
    for number, measure, (wanted, command, fill) in TARGETS:
        check = Check(number, measure, wanted, command)
        try:
            fill(check, results)
        except Missing as missing:
            check = Check(number, measure, wanted, command, reason=str(missing))
        found.append(check)
    return found
