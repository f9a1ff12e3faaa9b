"""bench/RESULTS.md and the README's figures: templates filled with what was measured."""

import pathlib
import string

from report import filter_tables, filter_targets, matcher_tables, matcher_targets
from report import program_tables, run_facts
from report.check import summary, table
from report.matcher_results import MatcherResults

TEMPLATES = pathlib.Path(__file__).parent
NOTHING = {"matcher": {"results": {}, "absent": {}, "tables": []},
           "filter": {"results": {}, "absent": {}}, "programs": {"results": {}}}


def _matcher(part):
    results = MatcherResults(part)
    growth = {f"growth_{word}_{family}": matcher_tables.growth(results, family, kind, title)
              for family in (4, 6)
              for word, kind, title in (("latency", "latency/in_prefix", "prefixes"),
                                        ("throughput", "throughput/in_prefix", "prefixes"),
                                        ("size", "size", "prefixes"))}
    return {"contest_4": matcher_tables.contest(results, ["bgp4", "deny4"]),
            "contest_6": matcher_tables.contest(results, ["bgp6", "syn6"]),
            "builds": matcher_tables.builds(results),
            "tables": ", ".join(part["tables"]) or "none of them", **growth}


def _filter(part):
    return {"beside": filter_tables.beside(part),
            "sessions_held": filter_tables.sessions_held(part),
            "entries": filter_tables.entries(part)}


def checks(parts):
    return [*matcher_targets.checks(MatcherResults(parts["matcher"])),
            *filter_targets.checks(parts["filter"])]


def markdown(measured, quick):
    """`measured`: what was saved of each part that ran."""
    parts = NOTHING | measured
    found = checks(parts)
    template = string.Template((TEMPLATES / "results.template.md").read_text(encoding="utf-8"))
    return template.substitute(
        quick=(TEMPLATES / "quick.md").read_text(encoding="utf-8") if quick else "",
        machine=run_facts.machine_table(measured), parts=run_facts.parts_table(measured),
        summary=summary(found), targets=table(found), programs=program_tables.tables(
            parts["programs"]), **_matcher(parts["matcher"]), **_filter(parts["filter"]))
