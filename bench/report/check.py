"""One figure of a target, as a row: the same shape for the matcher and the filter."""

import dataclasses

HEADER = ["| # | measure | target | command | ours | anchor | ratio | verdict |",
          "|---|---|---|---|---|---|---|---|"]


class Missing(Exception):
    """A figure that was not measured, and why."""


@dataclasses.dataclass
class Check:
    number: str  # "M1"
    measure: str
    wanted: str
    command: str
    ours: str = ""
    anchor: str = ""
    ratio: str = ""
    met: bool | None = None  # None: not measured
    exact: bool = False
    reason: str = ""  # why it was not measured

    def verdict(self):
        if self.met is None:
            return f"not measured: {self.reason}"
        return ("met" if self.met else "**fallen short**") + (", exact" if self.exact else "")

    def row(self):
        cells = [self.number, self.measure, self.wanted, f"`{self.command}`", self.ours,
                 self.anchor, self.ratio, self.verdict()]
        return "| " + " | ".join(cells) + " |"


def table(checks):
    return "\n".join(HEADER + [check.row() for check in checks])


def verdicts(checks):
    """One word for each target: its rows taken together."""
    found = {}
    for check in checks:
        found.setdefault(check.number, []).append(check.met)
    words = {}
    for number, met in found.items():
        if False in met:
            words[number] = "fallen short" if True not in met else "met in part"
        elif None in met:
            words[number] = "not measured" if True not in met else "met in part"
        else:
            words[number] = "met"
    return words


def summary(checks):
    """| verdict | targets |"""
    words = verdicts(checks)
    lines = ["| verdict | targets |", "|---|---|"]
    for word in ("met", "met in part", "fallen short", "not measured"):
        numbers = [number for number, found in words.items() if found == word]
        if numbers:
            lines.append(f"| {word} | {', '.join(numbers)} |")
    return "\n".join(lines)
