"""The figures that README.md shows, between two marks that stand there."""

import pathlib
import string

from report.check import Missing
from report.figures import megabytes, short
from report.matcher_results import MatcherResults

TEMPLATE = pathlib.Path(__file__).parent / "headline.template.md"
BEGIN, END = "<!-- figures: bench/run writes them -->\n", "<!-- end of the figures -->\n"


def _matcher(part):
    results = MatcherResults(part)
    ours = results.value("deny4/size", "portcullis")
    found = {"prefixes": f"{results.value('deny4/size', 'prefixes'):,.0f}", "bytes": short(ours),
             "latency": short(results.value("deny4/latency/in_prefix", "portcullis"))}
    for key, name in (("rte_fib", "rte_fib_4"), ("maxminddb", "libmaxminddb"),
                      ("binary", "binary_search")):
        found[key] = f"{results.value('deny4/latency/in_prefix', name + '_ratio'):.1f}"
        found[key + "_bytes"] = f"{results.value('deny4/size', name) / ours:.1f}"
    return found


def _filter(found):
    at_16 = next(each for each in found["sessions"]["by_clients"] if each["clients"] == 16)
    return {"sessions": f"{at_16['rate_ratio']:.2f}", "memory": megabytes(found["memory"]["table"]),
            "start": f"{found['start']['accepted']:.2f} s",
            "reload": f"{min(found['reload']['quiet_seconds']):.2f} s",
            "cidr": f"{found['smtp']['by_entries'][-1]['against_cidr']:.0f}"}


def headline(parts):
    """The lines; KeyError or Missing if one of the figures was not measured."""
    figures = _matcher(parts["matcher"]) | _filter(parts["filter"]["results"])
    return string.Template(TEMPLATE.read_text(encoding="utf-8")).substitute(figures)


def write(parts, path):
    """What was not measured leaves the README as it is."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    try:
        lines = headline(parts)
    except (KeyError, Missing):
        return
    path.write_text(before + BEGIN + lines + END + rest.partition(END)[2], encoding="utf-8")
