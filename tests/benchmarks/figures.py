"""Figures, tables, goals: what a benchmark gives back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field


def median(values: Sequence[float]) -> float:
    """Nearest rank, so that it is one of the values; nan of none."""
    return percentile(values, 50)


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that so many percent do not exceed; nan of none."""
    if not values:
        return math.nan
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


def duration(seconds: float) -> str:
    """To three figures, in the unit that reads best."""
    if math.isnan(seconds):
        return "-"
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(seconds) >= size:
            return f"{_three(seconds / size)} {unit}"
    return f"{_three(seconds / 1e-9)} ns"


def times(ratio: float) -> str:
    """A ratio."""
    return "-" if math.isnan(ratio) else f"{_three(ratio)}×"


def _three(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


@dataclass(frozen=True, slots=True)
class Goal:
    """What was aimed at, and what came out; `met` is None where it could not be measured."""

    aim: str
    found: str
    met: bool | None

    def __str__(self) -> str:
        word = {True: "met", False: "MISSED", None: "not measured"}[self.met]
        return f"{word}: {self.aim}: {self.found}"


def at_most(aim: str, found: float, limit: float, shown: str) -> Goal:
    """A goal that a figure not exceed a limit."""
    return Goal(aim, shown, None if math.isnan(found) else found <= limit)


def at_least(aim: str, found: float, limit: float, shown: str) -> Goal:
    """A goal that a figure reach a limit."""
    return Goal(aim, shown, None if math.isnan(found) else found >= limit)


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the chart: median and p99 in seconds."""

    name: str
    median_s: float
    p99_s: float


@dataclass(slots=True)
class Table:
    """A benchmark's result. Every row is as long as `columns`; the first column is a name.

    `headlines` are the columns that the README shows of each contestant, by what it calls them.
    """

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    headlines: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """For a terminal."""
        lines = [self.columns, *self.rows]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        out = [self.title]
        for line in lines:
            first, *others = line
            cells = [first.ljust(widths[0])]
            cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
            out.append("  " + "  ".join(cells).rstrip())
        out += [f"  {note}" for note in self.notes]
        out += [f"  {goal}" for goal in self.goals]
        return "\n".join(out)

    def cell(self, name: str, column: str) -> str:
        """What stands in the row of this name; a dash where there is none."""
        place = self.columns.index(column)
        return next((row[place] for row in self.rows if row[0] == name), "-")


def summary(tables: Sequence[Table]) -> str:
    """One Markdown table of all headlines: a row for each contestant."""
    chosen = [(table, *each) for table in tables for each in table.headlines.items()]
    names = dict.fromkeys(row[0] for table in tables if table.headlines for row in table.rows)
    lines = [["", *(title for _, title, _ in chosen)], ["---", *("---:" for _ in chosen)]]
    lines += [[name, *(table.cell(name, column) for table, _, column in chosen)] for name in names]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
