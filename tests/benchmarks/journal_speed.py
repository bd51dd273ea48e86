"""The journal with 10, 10 000 and 1 000 000 lines: appending, paging, and the newest lines."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from firmware.record import JournalEntry, JournalKind
from firmware.store import journal
from firmware.store.database import DATABASE_NAME, Database, open_database
from firmware.store.tables import JOURNAL
from tests.benchmarks.effort import Effort, Progress, folder
from tests.benchmarks.figures import Table, at_most, duration, median, percentile, times

BEGIN = datetime(2021, 1, 1, tzinfo=UTC)
KINDS = tuple(JournalKind)
BATCH = 20_000
PAGE = 10  # lines: as many as the smallest journal has
REPEATS = 200
FLAT = 2.0  # a cost is flat when the largest journal's is at most so many times the smallest's


def entry(number: int) -> JournalEntry:
    """A line such as the daemon writes; one in ten has a key."""
    return JournalEntry(
        at=BEGIN + timedelta(seconds=150 * number),
        kind=KINDS[number % len(KINDS)],
        service="Ambulance",
        number=f"+336{number % 100_000_000:08d}",
        person="Alice Martin",
        outcome="sent",
        detail={"text": "Malaise au 12 rue Haute, venez vite.", "part": 1, "parts": 1},
        key=f"call:{number}" if number % 10 == 0 else None,
    )


def run(effort: Effort, progress: Progress) -> list[Table]:
    """The table: a row for each operation, a column for each size."""
    found: dict[str, list[list[float]]] = {}
    for size in effort.journal_rows:
        progress.now(f"journal: {size} lines")
        with folder() as place:
            for name, values in _measure(place, size).items():
                found.setdefault(name, []).append(values)
    sizes = [f"{size:,}".replace(",", " ") for size in effort.journal_rows]
    table = Table(
        "The journal, by its number of lines: median (p99)",
        ("", *sizes, "largest : smallest"),
    )
    for name, columns in found.items():
        ratio = median(columns[-1]) / median(columns[0])
        cells = [f"{duration(median(each))} ({duration(percentile(each, 99))})" for each in columns]
        table.rows.append((name, *cells, times(ratio)))
        table.goals.append(at_most(f"{name}: flat, within {FLAT:g}×", ratio, FLAT, times(ratio)))
    return [table]


def _measure(place: Path, size: int) -> dict[str, list[float]]:
    with open_database(place / DATABASE_NAME, create=True) as database:
        _fill(database, size)
        middle = size // 2
        kind = JournalKind.SMS_OUT
        reads: dict[str, Callable[[int], object]] = {
            "entries, the first lines": lambda _: journal.entries(database, 0, PAGE),
            "entries, from the middle": lambda _: journal.entries(database, middle, PAGE // 2),
            "latest": lambda _: journal.latest(database, PAGE),
            "latest of one kind": lambda _: journal.latest(database, 1, kind=kind),
            "changes since the last": lambda _: journal.changes(database, size - 1),
        }
        found = {name: _times(action, REPEATS) for name, action in reads.items()}
        found["append"] = _times(
            lambda number: journal.append(database, entry(size + number)), REPEATS
        )
    return found


def _fill(database: Database, size: int) -> None:
    """The rows that `journal.append` would have written, many at a time."""
    places = ", ".join("?" for _ in ("change", *JOURNAL.columns))
    insert = f"INSERT INTO journal (change, {JOURNAL.column_list}) VALUES ({places})"  # noqa: S608
    for start in range(0, size, BATCH):
        numbers = range(start, min(start + BATCH, size))
        with database.transaction() as connection:
            connection.executemany(
                insert, ((number + 1, *JOURNAL.values(entry(number))) for number in numbers)
            )
            connection.execute(
                "UPDATE counter SET value = ? WHERE name = 'journal_change'", (numbers[-1] + 1,)
            )


def _times(action: Callable[[int], object], count: int) -> list[float]:
    found = []
    for number in range(count):
        started = time.perf_counter_ns()
        action(number)
        found.append((time.perf_counter_ns() - started) / 1e9)
    return found
