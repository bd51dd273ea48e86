"""The product and the brute-force oracle name the same people at every minute of two years."""

from __future__ import annotations

import random
import tomllib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pytest

from firmware.rota import Rota, read_site_file
from tests.rota.comparison import (
    check_chain,
    check_instant,
    check_office,
    check_periods,
    find_truth,
)
from tests.rota.oracle import Oracle

SITES = sorted(Path(__file__).with_name("sites").glob("*.toml"))
START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2028, 1, 1, tzinfo=UTC)
RANDOM_MINUTES = 300


@lru_cache(maxsize=2)
def load(path: Path) -> tuple[Rota, Oracle]:
    text = path.read_text(encoding="utf-8")
    return read_site_file(text), Oracle(tomllib.loads(text), START, END)


def services_of_sites() -> list[object]:
    return [
        pytest.param(path, service["name"], id=f"{path.stem}-{service['name']}")
        for path in SITES
        for service in tomllib.loads(path.read_text(encoding="utf-8"))["service"]
    ]


@pytest.mark.parametrize(("path", "service"), services_of_sites())
def test_two_years_agree(path: Path, service: str) -> None:
    rota, oracle = load(path)
    truth = find_truth(oracle, service)
    check_chain(rota, service, truth)
    for change in truth.changes:
        check_instant(rota, service, truth, change)
        check_instant(rota, service, truth, change - 1, second=59)
    for change in truth.office_changes:
        check_office(rota, service, truth, change)
        check_office(rota, service, truth, change - 1)
    draw = random.Random(path.stem)
    for minute in draw.sample(range(len(truth.minutes)), RANDOM_MINUTES):
        check_instant(rota, service, truth, minute, second=draw.randrange(60))
        check_office(rota, service, truth, minute)
    check_periods(rota, service, truth)


def first_level_changes(stem: str, start: datetime, end: datetime) -> list[str]:
    """The instants of [start, end) when somebody comes to or leaves level 1, by the oracle."""
    site = tomllib.loads((SITES[0].parent / f"{stem}.toml").read_text(encoding="utf-8"))
    truth = find_truth(Oracle(site, start, end), site["service"][0]["name"])
    edges = {
        edge
        for (level, _), runs in truth.runs.items()
        if level == 1
        for run in runs
        for edge in run
    }
    return [
        truth.at(minute).strftime("%Y-%m-%dT%H:%MZ")
        for minute in sorted(edges - {0, len(truth.minutes)})
    ]


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        # 23 to 30 March is a week of 167 hours, 19 to 26 October one of 169.
        ("weekly", ["2026-03-23T07:00Z", "2026-03-30T06:00Z", "2026-04-06T06:00Z"]),
        ("weekly", ["2026-10-19T06:00Z", "2026-10-26T07:00Z", "2026-11-02T07:00Z"]),
        # The missing 02:30 is 03:00; at the repeated one both are on duty for an hour.
        ("handover-0230", ["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"]),
        (
            "handover-0230",
            ["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-25T01:30Z", "2026-10-26T01:30Z"],
        ),
        # From the 31st: the last day of February and April, and back to the 31st.
        (
            "monthly-31st",
            ["2026-02-28T07:00Z", "2026-03-31T06:00Z", "2026-04-30T06:00Z", "2026-05-31T06:00Z"],
        ),
        # Friday 1 May: on from Thursday evening until Monday's handover, on again that evening.
        (
            "nights-and-weekends",
            ["2026-04-30T06:00Z", "2026-04-30T16:00Z", "2026-05-04T06:00Z", "2026-05-04T16:00Z"],
        ),
        # Good Friday, 3 April: the same, and Easter Monday after it has its own 24 hours.
        (
            "alsace-good-friday",
            ["2026-04-02T16:00Z", "2026-04-06T06:00Z", "2026-04-07T06:00Z", "2026-04-07T16:00Z"],
        ),
        # An absence of Alice from Monday to Monday, covered from Wednesday to Friday.
        (
            "overrides-of-overrides",
            ["2026-04-06T06:00Z", "2026-04-08T06:00Z", "2026-04-10T06:00Z", "2026-04-13T06:00Z"],
        ),
    ],
)
def test_oracle_agrees_with_counting_by_hand(stem: str, expected: list[str]) -> None:
    start = datetime.fromisoformat(expected[0]) - timedelta(hours=1)
    end = datetime.fromisoformat(expected[-1]) + timedelta(hours=1)
    assert first_level_changes(stem, start, end) == expected
