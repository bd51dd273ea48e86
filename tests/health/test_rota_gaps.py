"""Holes in the rota: each is told in time, and none night after night."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from firmware.health.rota_gaps import KEY, KNOWN_MAX, LOOKED, RotaGaps
from firmware.rota import read_site_file
from tests.alert.bench import START, Bench
from tests.simulation.sites import SAMPLE

ONE_LEVEL = SAMPLE.split('\n[[rotation]]\nservice = "Ambulance"\nlevel = 2')[0].rstrip() + "\n"
DAYS = 'days = "mon-sun"'
BY_DAY = ONE_LEVEL + f'active = [{{ {DAYS}, from = "08:00", to = "20:00" }}]\n'


def ends(at: datetime) -> str:
    return f'end = "{at:%Y-%m-%dT%H:%M}"\n'


def absent(begin: datetime, end: datetime) -> str:
    """Both of the two of the rotation."""
    return "".join(
        f'\n[[override]]\nservice = "Ambulance"\nlevel = 1\nfrom = "{begin:%Y-%m-%dT%H:%M}"\n'
        f'to = "{end:%Y-%m-%dT%H:%M}"\nout = "{person}"\n'
        for person in ("Bruno Petit", "Alice Martin")
    )


class Days:
    """One check a day at 12:00, after as many edits of the rota as wanted."""

    def __init__(self, site: str) -> None:
        self.bench = Bench(read_site_file(site))
        self._start()

    def _start(self) -> None:
        bench = self.bench
        self.gaps = RotaGaps(bench.ledger, bench.roster, bench.bell, bench.speaker)

    def edit(self, site: str) -> None:
        self.bench.roster.rota = read_site_file(site)

    def restart(self) -> None:
        """Only what is on disk is known."""
        fact = json.loads(json.dumps(self.bench.ledger.fact(LOOKED)))
        self.bench.ledger.remember(LOOKED, fact)
        self._start()

    def pass_by(self, count: int, hours: float = 24.0) -> list[str]:
        """What the SMS of these days say, with so long between two checks."""
        before = len(self.bench.texts())
        for _ in range(count):
            self.gaps.check()
            self.bench.rings_for(hours * 3600 - 1)
        return self.bench.texts()[before:]


def test_a_hole_for_tomorrow_is_told_though_the_rota_ends_in_a_month() -> None:
    site = ONE_LEVEL + ends(START + timedelta(days=28))
    days = Days(site)
    assert sum("personne n'est de garde" in text for text in days.pass_by(1)) == 1   # its end
    assert days.pass_by(2) == []
    days.restart()
    tonight = days.bench.ledger.now.replace(hour=19, tzinfo=None)
    days.edit(site + absent(tonight, tonight + timedelta(hours=12)))
    (text,) = days.pass_by(1)
    assert "de ven 13/03 19:00 à sam 14/03 07:00" in text
    assert days.pass_by(15) == []
    assert KEY + "Ambulance" in {alarm.key for alarm in days.bench.ledger.alarms}


def test_what_was_told_long_ago_is_told_once_more_two_days_before() -> None:
    days = Days(ONE_LEVEL + ends(START + timedelta(days=28)))
    heard = [len(days.pass_by(1)) for _ in range(32)]
    assert heard == [1] + [0] * 25 + [1] + [0] * 5


@pytest.mark.parametrize("hours", [20.0, 25.0, 28.0, 47.0])
def test_what_was_told_long_ago_is_told_once_more_whenever_the_checks_are(hours: float) -> None:
    days = Days(ONE_LEVEL + ends(START + timedelta(days=28)))
    heard = [len(days.pass_by(1, hours)) for _ in range(round(29 * 24 / hours))]
    assert sum(heard) == 2
    assert heard[0] == 1


def test_a_rota_with_nobody_each_night_is_told_once_and_not_night_after_night() -> None:
    days = Days(BY_DAY)
    assert len(days.pass_by(1)) == 1
    assert days.pass_by(40) == []
    at = days.bench.ledger.now.replace(hour=14, tzinfo=None) + timedelta(days=1)
    days.edit(BY_DAY + absent(at, at + timedelta(hours=2)))   # and now in the afternoon, too
    (text,) = days.pass_by(1)
    assert "14:00 à" in text
    assert days.pass_by(10) == []


def test_gaps_beyond_all_that_are_remembered_are_no_news_each_day() -> None:
    often = ", ".join(
        f'{{ {DAYS}, from = "{hour:02}:00", to = "{hour:02}:30" }}' for hour in range(0, 24, 2)
    )
    days = Days(ONE_LEVEL + f"active = [{often}]\n")
    assert len(days.pass_by(1)) == 1
    fact: Any = days.bench.ledger.fact(LOOKED)
    assert len(fact["Ambulance"]["found"]) == KNOWN_MAX
    assert days.pass_by(5) == []


def test_a_hole_that_is_filled_ends_the_alarm_and_a_new_one_begins_it() -> None:
    days = Days(ONE_LEVEL)
    assert days.pass_by(1) == []
    at = START.replace(tzinfo=None) + timedelta(days=9)
    days.edit(ONE_LEVEL + absent(at, at + timedelta(hours=2)))
    assert [text.split()[0] for text in days.pass_by(1)] == ["ALARME"]
    days.edit(ONE_LEVEL)
    assert [text.split()[0] for text in days.pass_by(1)] == ["RETOUR"]


@pytest.mark.parametrize(
    "fact",
    [7, [], {"Ambulance": 7}, {"Ambulance": {"until": "x", "found": []}},
     {"Ambulance": {"until": "2026-03-01T00:00:00+00:00", "found": [7, [1], ["x", "y"]]}}],
    ids=str,
)  # fmt: skip
def test_a_damaged_card_keeps_no_hole_back(fact: object) -> None:
    days = Days(ONE_LEVEL + ends(START + timedelta(days=20)))
    days.bench.ledger.remember(LOOKED, fact)
    assert len(days.pass_by(1)) == 1
