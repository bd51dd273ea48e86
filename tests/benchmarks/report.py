"""The machine, the page, and the chart."""

from __future__ import annotations

import math
import os
import platform
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from tests.benchmarks.effort import folder
from tests.benchmarks.figures import Bar, Table, duration, median, summary

HERE = Path(__file__).parent
README = HERE / "README.md"
CHART = HERE / "chart.svg"
FIGURES = HERE / "figures.txt"
BEGIN = "<!-- figures: written by --write-readme -->"
END = "<!-- end of figures -->"
WIDTH, LEFT, RIGHT, TOP, LINE = 760, 170, 24, 46, 26


def machine() -> str:
    """Where and when, and what a synchronous write costs there."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith(("model name", "Model"))
        ),
        platform.machine(),
    )
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} × {model}, "
        f"Linux {platform.release()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, fsync {duration(_fsync_s())}"
    )


def load() -> str:
    """How busy the machine is with everything."""
    return f"load average {os.getloadavg()[0]:.1f}"


def _fsync_s() -> float:
    found = []
    with folder() as place, (place / "file").open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            started_s = time.perf_counter()
            os.fsync(file.fileno())
            found.append(time.perf_counter() - started_s)
    return median(found)


def chart(table: Table) -> str:
    """Medians as bars and p99 as ticks, on a logarithmic scale."""
    low = math.floor(math.log10(min(bar.median_s for bar in table.bars)))
    high = math.ceil(math.log10(max(bar.p99_s for bar in table.bars)))
    height = TOP + LINE * len(table.bars) + 30

    def place(seconds: float) -> float:
        share = (math.log10(seconds) - low) / max(high - low, 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="22" font-size="15">{escape(table.title)}: '
        "median, and p99 as a tick</text>",
    ]
    for power in range(low, high + 1):
        x = place(10.0**power)
        parts.append(f'<path d="M{x:.1f} {TOP - 8}V{height - 24}" stroke="#d5d5d5"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle" fill="#555555">'
            f"{_round(power)}</text>"
        )
    for number, bar in enumerate(table.bars):
        parts += _bar(bar, TOP + LINE * number, place(bar.median_s), place(bar.p99_s))
    return "\n".join([*parts, "</svg>", ""])


def _bar(bar: Bar, y: int, middle: float, late: float) -> list[str]:
    colour = "#0b6e4f" if bar.name == "Veilleur" else "#8a8a8a"
    return [
        f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(bar.name)}</text>',
        f'<rect x="{LEFT}" y="{y}" width="{middle - LEFT:.1f}" height="16" fill="{colour}"/>',
        f'<path d="M{late:.1f} {y - 2}v20" stroke="#222222" stroke-width="2"/>',
        f'<text x="{max(middle, late) + 6:.1f}" y="{y + 13}" fill="#222222">'
        f"{escape(duration(bar.median_s))}</text>"
        if late < WIDTH - 110
        else f'<text x="{middle - 6:.1f}" y="{y + 13}" text-anchor="end" fill="#ffffff">'
        f"{escape(duration(bar.median_s))}</text>",
    ]


def _round(power: int) -> str:
    unit, size = next((u, s) for u, s in (("s", 0), ("ms", -3), ("µs", -6)) if power >= s)
    return f"{10 ** (power - size)} {unit}"


def write_readme(tables: list[Table], head: str) -> None:
    """Put figures and chart in the place of the older ones; what people wrote stays. All tables
    go into a file of their own."""
    text = README.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    goals = [f"- {goal}" for table in tables for goal in table.goals]
    drawn = next((table for table in tables if table.bars), None)
    blocks = [BEGIN, head]
    if drawn is not None:
        CHART.write_text(chart(drawn), "utf-8")
        blocks.append(f"![{drawn.title}](chart.svg)")
    if any(table.headlines for table in tables):
        blocks.append(summary(tables))
    blocks += ["All tables: `figures.txt`. Goals:\n\n" + "\n".join(goals), END]
    FIGURES.write_text(
        "\n\n".join([head, *(table.text() for table in tables)]) + "\n", "utf-8"
    )
    README.write_text(before + "\n\n".join(blocks) + after, "utf-8")
