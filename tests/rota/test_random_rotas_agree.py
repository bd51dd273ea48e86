"""Random small site files over the days of a clock change: product and oracle agree."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from firmware.rota import SiteFileFaults, read_site_file
from tests.rota.comparison import (
    MINUTE,
    check_chain,
    check_instant,
    check_office,
    check_periods,
    find_truth,
)
from tests.rota.oracle import Oracle

SERVICE = "Ambulance"
# Zones that change by one hour, by half an hour, at midnight (two changes each), and never.
CHANGE_DAYS = [
    ("Europe/Paris", date(2026, 3, 29)),
    ("Europe/Paris", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("Asia/Tokyo", date(2026, 5, 1)),
]
NAMES = ["Alice", "Bruno", "Chloe"]
DAYS = ["mon-fri", "sat,sun,holiday", "sun", "sat", "sat-mon", "holiday", "mon-sun", "wed,sun"]
STEPS = ["1 hour", "5 hours", "7 hours", "12 hours", "36 hours", "1 day", "2 days", "1 week"]
MONTHS = ["1 month", "2 months"]
# Mostly one level, so that rules meet.
LEVELS = st.sampled_from([1, 1, 1, 2])
# Round times, and those around the hours that clock changes drop or repeat.
TIMES = [
    "00:00", "00:30", "01:00", "01:15", "01:30", "01:45", "02:00", "02:15", "02:30", "02:45",
    "03:00", "03:01", "08:00", "18:00", "23:59",
]  # fmt: skip


def wall(day: date, days: tuple[int, int]) -> st.SearchStrategy[str]:
    """A wall time some days from `day`."""
    return st.builds(
        lambda offset, time_of_day: f"{day + timedelta(days=offset)}T{time_of_day}",
        st.integers(*days),
        st.sampled_from(TIMES),
    )


def table(kind: str, **values: object) -> str:
    lines = [f"[[{kind}]]", f'service = "{SERVICE}"']
    for key, value in values.items():
        if value is not None:
            is_text = isinstance(value, str) and not value.startswith("[")
            quoted = f'"{value}"' if is_text else value
            lines.append(f"{key.rstrip('_')} = {quoted}")
    return "\n".join(lines) + "\n"


@st.composite
def windows(draw: st.DrawFn) -> str:
    return (
        f'{{ days = "{draw(st.sampled_from(DAYS))}", from = "{draw(st.sampled_from(TIMES))}", '
        f'to = "{draw(st.sampled_from(TIMES))}" }}'
    )


@st.composite
def rotations(draw: st.DrawFn, day: date) -> str:
    every = draw(st.sampled_from(STEPS + MONTHS))
    start = draw(wall(day, (-70, -1) if every in MONTHS else (-8, 2)))
    end = draw(st.none() | wall(day, (-3, 3)))
    people = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
    active = draw(st.none() | st.lists(windows(), min_size=1, max_size=2))
    return table(
        "rotation",
        level=draw(LEVELS),
        start=start,
        every=every,
        people="[" + ", ".join(f'"{name}"' for name in people) + "]",
        duty_type="astreinte",
        end=end if end is not None and end > start else None,
        active=None if active is None else "[" + ", ".join(active) + "]",
    )


@st.composite
def overrides(draw: st.DrawFn, day: date) -> str:
    begin, end = draw(
        st.tuples(wall(day, (-2, 2)), wall(day, (-2, 2))).filter(lambda pair: pair[0] < pair[1])
    )
    out, in_ = draw(
        st.tuples(st.none() | st.sampled_from(NAMES), st.none() | st.sampled_from(NAMES)).filter(
            lambda pair: pair[0] != pair[1]
        )
    )
    return table("override", level=draw(LEVELS), from_=begin, to=end, out=out, in_=in_)


@st.composite
def offices(draw: st.DrawFn) -> str:
    return table(
        "opening_hours",
        days=draw(st.sampled_from(DAYS)),
        from_=draw(st.sampled_from(TIMES)),
        to=draw(st.sampled_from(TIMES)),
        number="+33388112233",
    )


@st.composite
def sites(draw: st.DrawFn) -> tuple[str, date]:
    """The text of a site file, and the day of a clock change about which it turns."""
    zone, day = draw(st.sampled_from(CHANGE_DAYS))
    head = (
        f'[site]\nname = "Small"\ntime_zone = "{zone}"\nlanguage = "en"\n'
        'holidays = "FR-67"\ngood_friday = true\ncountry_code = "33"\n'
    )
    people = [
        f'[[person]]\nname = "{name}"\nmobile = "+3360102030{i}"\nrole = "staff"\n'
        for i, name in enumerate(NAMES)
    ]
    service = (
        f'[[service]]\nname = "{SERVICE}"\ndigit = "1"\nmode = "divert"\n'
        "acknowledge_within_s = 300\nconfirm_divert = true\n"
    )
    rules = [
        *draw(st.lists(rotations(day), min_size=1, max_size=3)),
        *draw(st.lists(overrides(day), max_size=5)),
        *draw(st.lists(offices(), max_size=2)),
    ]
    return "\n".join([head, *people, service, *rules]), day


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(sites())
def test_random_sites_agree_minute_by_minute(drawn: tuple[str, date]) -> None:
    text, day = drawn
    note(text)
    midnight = datetime.combine(day, time(), UTC)
    start, end = midnight - timedelta(days=4), midnight + timedelta(days=4)
    site = tomllib.loads(text)
    oracle = Oracle(site, start, end)
    periods = [(rule["from"], rule["to"]) for rule in site.get("override", [])]
    periods += [(rule["start"], rule["end"]) for rule in site["rotation"] if "end" in rule]
    skipped = [period for period in periods if not oracle.is_shown(*period)]
    if skipped:  # refused: what was meant cannot be known, and nobody would be on duty
        with pytest.raises(SiteFileFaults) as caught:
            read_site_file(text)
        assert len(caught.value.faults) == len(skipped)
        return
    rota = read_site_file(text)
    truth = find_truth(oracle, SERVICE)
    check_chain(rota, SERVICE, truth)
    check_periods(rota, SERVICE, truth)
    # Whatever the zone, its clock change lies well inside these hours of UTC.
    first = int((midnight - timedelta(hours=10) - start) / MINUTE)
    for minute in range(first, first + 19 * 60):
        check_instant(rota, SERVICE, truth, minute)
        check_office(rota, SERVICE, truth, minute)
    for change in truth.changes:
        check_instant(rota, SERVICE, truth, change)
        check_instant(rota, SERVICE, truth, change - 1, second=59)
