"""`on_duty` over a five-year rota with 30 people and 500 overrides; a year of handovers."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from functools import partial

from firmware.rota import (
    Override,
    Person,
    Rota,
    Rotation,
    Service,
    Site,
    Step,
    Window,
    handovers,
    on_duty,
)
from tests.benchmarks.effort import Effort, Progress
from tests.benchmarks.figures import Table, at_most, duration, median, percentile

SERVICE = "Ambulance"
YEARS = 5
PEOPLE = 30
OVERRIDES = 500
QUESTIONS = 20_000
BEGIN = datetime(2024, 1, 1, 8)  # noqa: DTZ001 - wall clock
NIGHTS = Window(("mon", "tue", "wed", "thu", "fri"), clock(18), clock(8))
DAYS_OFF = Window(("sat", "sun", "holiday"), clock(8), clock(8))


def sample_rota(seed: int = 1) -> Rota:
    """Two levels: nights, weekends and bank holidays by the week; a back-up always, by the day."""
    chance = random.Random(seed)
    people = tuple(
        Person(f"Person {number:02d}", f"+336010203{number:02d}") for number in range(PEOPLE)
    )
    names = tuple(each.name for each in people)
    end = BEGIN.replace(year=BEGIN.year + YEARS)
    overrides = []
    for _ in range(OVERRIDES):
        start = BEGIN + timedelta(hours=chance.randrange(YEARS * 365 * 24))
        last = start + timedelta(hours=chance.choice((4, 12, 24, 72, 168)))
        out, in_ = chance.sample(names, 2)
        level = chance.choice((1, 1, 2))
        kind = chance.randrange(3)
        overrides.append(
            Override(
                SERVICE, level, start, last, out if kind != 1 else None, in_ if kind != 0 else None
            )
        )
    return Rota(
        Site("Benchmark", holidays="FR"),
        people,
        (Service(SERVICE),),
        (
            Rotation(
                SERVICE, 1, BEGIN, Step(1, "week"), names, end=end, active=(NIGHTS, DAYS_OFF)
            ),
            Rotation(SERVICE, 2, BEGIN, Step(1, "day"), names[::-1], end=end),
        ),
        tuple(overrides),
    )


def run(effort: Effort, progress: Progress) -> list[Table]:
    """The table."""
    progress.now("rota: five years, 30 people, 500 overrides")
    rota = sample_rota()
    chance = random.Random(2)
    begin = BEGIN.replace(tzinfo=UTC)
    instants = [
        begin + timedelta(seconds=chance.randrange(YEARS * 365 * 86_400))
        for _ in range(QUESTIONS)
    ]
    first_s = _took(lambda: on_duty(rota, SERVICE, instants[0]))
    questions = [_took(partial(on_duty, rota, SERVICE, at)) for at in instants]
    years = [begin.replace(year=begin.year + number) for number in range(YEARS)]
    fresh = [_took(partial(_year, replace(rota), at)) for at in years]
    again = [_took(partial(_year, rota, at)) for at in years]
    table = Table("The rota: five years, 30 people, 500 overrides", ("", "n", "median", "p99"))
    for name, values in (
        ("first on_duty of a rota", [first_s]),
        ("on_duty at random instants", questions),
        ("who at each handover of a year, fresh rota", fresh),
        ("who at each handover of a year, again", again),
    ):
        table.rows.append(
            (name, str(len(values)), duration(median(values)), duration(percentile(values, 99)))
        )
    table.goals = [
        at_most("on_duty at most 50 µs", median(questions), 50e-6, duration(median(questions))),
        at_most(
            "who for a year of handovers under 100 ms", median(fresh), 0.1, duration(median(fresh))
        ),
    ]
    return [table]


def _year(rota: Rota, begin: datetime) -> int:
    """Who is on duty after each handover of a year; the number of people named."""
    end = begin.replace(year=begin.year + 1)
    return sum(
        len(on_duty(rota, SERVICE, each.at)) for each in handovers(rota, SERVICE, begin, end)
    )


def _took(action: Callable[[], object]) -> float:
    started = time.perf_counter_ns()
    action()
    return (time.perf_counter_ns() - started) / 1e9
