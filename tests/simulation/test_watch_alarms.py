"""Mistakes about alarms, each made on purpose, turn the checker of `watch_alarms` red."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from firmware.alert.bell import Bell
from firmware.alert.news import What
from firmware.duty.roster import Roster
from firmware.health.starts import DEATHS_MAX, Starts
from firmware.record import OutgoingMessage
from hw.simulator.subscriber import Coverage
from tests.simulation.books import BookedSms
from tests.simulation.promises import Promise
from tests.simulation.town import ADMINISTRATORS
from tests.simulation.watch_alarms import DAY_MS, DEATHS_SOON_MS, STAYS_MS
from tests.simulation.year import Year

Patch = pytest.MonkeyPatch
OTHERS = [("credit", 48 * day) for day in range(1, 40)]
_hear = Bell._hear


def no_end_is_told(patch: Patch) -> None:
    def hear(self: Bell, news: Any) -> None:
        if news.what is not What.OVER:
            _hear(self, news)

    patch.setattr(Bell, "_hear", hear)


def nothing_is_told(patch: Patch) -> None:
    patch.setattr(Bell, "_hear", lambda self, news: None)


def one_administrator_is_told(patch: Patch) -> None:
    everybody = Roster.wardens.fget  # type: ignore[attr-defined]
    patch.setattr(Roster, "wardens", property(lambda self: everybody(self)[:1]))


def deaths_do_not_count(patch: Patch) -> None:
    patch.setattr(Starts, "_look_for_deaths", lambda self: None)


def nobody_writes_down_that_it_is_alive(patch: Patch) -> None:
    patch.setattr("firmware.health.starts.BEAT_S", 10 * 86_400.0)


MUTATIONS = [
    (Promise.ALARMED, mistake)
    for mistake in (no_end_is_told, nothing_is_told, one_administrator_is_told)
]


def play(folder: Path) -> list[str]:
    """The network is gone for three hours; what was broken."""
    year = Year(folder, 1, 2, 0.0)
    box = year.box
    box.modem.power_on()
    for coverage, seconds in (
        (Coverage.HOME, 600), (Coverage.NONE, 1.5 * STAYS_MS / 1000), (Coverage.HOME, 1500)
    ):  # fmt: skip
        box.network.set_coverage(box.number, coverage)
        box.run(seconds)
    assert "network" in {key for key, _, _ in box.books.alarm_spans}
    year.alarms.finish()
    box.database.close()
    return [broken.promise for broken in box.judge.broken]


@pytest.mark.parametrize(("promise", "mistake"), MUTATIONS)
def test_a_mistake_about_an_alarm_is_seen(
    promise: str, mistake: Any, monkeypatch: Patch, tmp_path: Path
) -> None:
    mistake(monkeypatch)
    assert set(play(tmp_path)) == {promise}


def test_without_a_mistake_none_is_seen(tmp_path: Path) -> None:
    assert play(tmp_path) == []


def dies(folder: Path, times: int, apart_s: float) -> list[str]:
    """The power is cut so often."""
    folder.mkdir(exist_ok=True)
    year = Year(folder, 1, 2, 0.0)
    box = year.box
    box.modem.power_on()
    box.run(600)
    for _ in range(times):
        box.run(apart_s)
        box.die(120_000, mains=True)
        box.run(121)
    box.run(DEATHS_SOON_MS / 1000 + 300)
    year.alarms.finish()
    box.database.close()
    return [broken.what for broken in box.judge.broken]


def test_deaths_that_are_no_alarm_are_seen(monkeypatch: Patch, tmp_path: Path) -> None:
    assert dies(tmp_path / "well", DEATHS_MAX, 700) == []
    deaths_do_not_count(monkeypatch)
    mistaken = dies(tmp_path / "mistaken", DEATHS_MAX, 700)
    assert mistaken == ["died again and again, and no alarm"]


def test_an_alarm_of_deaths_that_ends_after_the_last_is_seen(
    monkeypatch: Patch, tmp_path: Path
) -> None:
    look = Starts._look_for_deaths

    def forgetful(self: Starts) -> None:
        look(self)
        if self._run_s > 900:
            self._bell.still("deaths")

    monkeypatch.setattr(Starts, "_look_for_deaths", forgetful)
    assert "in order although it died" in dies(tmp_path, DEATHS_MAX, 700)


def test_a_box_that_was_not_off_and_says_so_is_seen(monkeypatch: Patch, tmp_path: Path) -> None:
    nobody_writes_down_that_it_is_alive(monkeypatch)
    found = dies(tmp_path, 1, 4000)
    assert found
    assert all(what.startswith("says that it was off: ") for what in found)


@pytest.mark.parametrize(("told_h", "broken"), [(1, 0), (30, 2)])
def test_an_alarm_that_is_still_up_has_been_told_of_by_now(
    told_h: int, broken: int, tmp_path: Path
) -> None:
    """However many other SMS there were meanwhile."""
    year = Year(tmp_path, 1, 2, 0.0)
    box, books = year.box, year.box.books
    box.timeline.now_ms = 100 * DAY_MS
    books.alarms = {"forwarding": 0}
    for number, (name, hour) in enumerate([("forwarding", told_h), *OTHERS]):
        for _, mobile in ADMINISTRATORS:
            row = OutgoingMessage(
                len(books.outgoing) + 1, f"alarm:{name}:raised:{number}:{mobile}", mobile, "?", 1,
                created_at=box.moment.utc,
            )  # fmt: skip
            books.outgoing[row.id] = BookedSms(hour * 3_600_000, row)
    year.alarms.finish()
    assert len(box.judge.broken) == broken
    box.database.close()
