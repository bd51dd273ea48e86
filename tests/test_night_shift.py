"""Once a night, when nobody calls; after a night that was missed, at the first calm moment."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.moment import Moment
from firmware.night_shift import FACT, PATIENCE_S, SETTLE_S, TRY_AGAIN_S, NightShift
from firmware.pulse import StoreState
from firmware.record import Memory
from firmware.rota import read_site_file
from tests.daemon.house import SITE

NOON = datetime(2026, 3, 10, 11, tzinfo=UTC)   # a Tuesday in Paris


class Night:
    """A night shift and its clock."""

    def __init__(self, now: datetime = NOON, last: str | None = None) -> None:
        facts: dict[str, object] = {} if last is None else {FACT: last}
        self.ledger = Ledger(Memory(facts=facts), Moment(1000.0, now))
        self.shift = NightShift(self.ledger, Roster(self.ledger, read_site_file(SITE)))

    def until_due(self) -> datetime:
        """Until it wants to look again."""
        deadline_s = self.shift.deadline_s
        assert deadline_s is not None
        self.wait(deadline_s - self.ledger.moment.monotonic_s)
        return self.ledger.now

    def wait(self, seconds: float) -> None:
        moment = self.ledger.moment
        self.ledger.moment = Moment(
            moment.monotonic_s + seconds, moment.utc + timedelta(seconds=seconds)
        )

    def set_clock(self, by: timedelta) -> None:
        moment = self.ledger.moment
        self.ledger.moment = replace(moment, utc=moment.utc + by)

    def nights(self, days: float) -> list[datetime]:
        """Those that are kept meanwhile, each for a minute."""
        end_s = self.ledger.moment.monotonic_s + days * 86_400
        kept = []
        while (due_s := self.shift.deadline_s) is not None and due_s <= end_s:
            self.until_due()
            if self.shift.begins():
                kept.append(self.ledger.now)
                self.wait(60)
                self.shift.done(well=True)
        self.wait(end_s - self.ledger.moment.monotonic_s)
        return kept


def test_every_night_at_half_past_three_by_the_site_s_clock() -> None:
    """Also over the night in which there is no half past two, and the one that has two."""
    for start, hours in ((NOON, 24), (datetime(2026, 3, 28, 11, tzinfo=UTC), 24),
                         (datetime(2026, 10, 24, 11, tzinfo=UTC), 24)):  # fmt: skip
        night = Night(start)
        first = night.until_due()
        assert first.astimezone(night.shift._roster.zone).strftime("%H:%M") == "03:30"
        assert night.shift.begins()
        assert night.shift.deadline_s is None
        night.wait(60)
        night.shift.done(well=True)
        assert night.until_due() - first == timedelta(hours=hours)


def test_a_missed_night_is_made_up_for_once_things_have_settled() -> None:
    night = Night(last="2026-03-08T02:30:00+00:00")
    assert not night.shift.begins()
    assert night.until_due() == NOON + timedelta(seconds=SETTLE_S)
    assert night.shift.begins()


@pytest.mark.parametrize("reason", ["a call", "the clock", "the disk"])
def test_not_now(reason: str) -> None:
    night = Night()
    night.until_due()
    calm = reason != "a call"
    night.shift.is_calm = lambda: calm
    if reason == "the clock":
        night.ledger.moment = replace(night.ledger.moment, utc_trusted=False)
    if reason == "the disk":
        night.ledger.store = StoreState.FULL
    assert not night.shift.begins()
    night.until_due()
    night.shift.is_calm = lambda: True
    night.ledger.store = StoreState.GOOD
    assert night.shift.begins()


def test_a_calm_moment_that_does_not_come_is_not_waited_for_for_ever() -> None:
    """An SMS that cannot leave, while the network is gone for a week."""
    night = Night()
    for _ in range(2):
        due = night.until_due()
        night.shift.is_calm = lambda: False
        while not night.shift.begins():
            night.until_due()
        assert night.ledger.now - due == timedelta(seconds=PATIENCE_S)
        night.shift.done(well=True)


def test_what_went_wrong_is_tried_again_in_an_hour() -> None:
    night = Night()
    first = night.until_due()
    assert night.shift.begins()
    night.shift.done(well=False)
    assert night.until_due() == first + timedelta(seconds=TRY_AGAIN_S)
    assert night.shift.begins()


@pytest.mark.parametrize("fact", ["rubbish", "2099-01-01T00:00:00+00:00", "2026-03-09T02:30:00"])
def test_a_fact_that_cannot_be_is_none(fact: str) -> None:
    night = Night(last=fact)
    assert night.until_due() == datetime(2026, 3, 11, 2, 30, tzinfo=UTC)


FIRST = datetime(2026, 3, 11, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize("days", [1, 2, 300])
def test_a_clock_that_was_ahead_at_the_start_costs_no_night(days: int) -> None:
    ahead = timedelta(days=days)
    night = Night(NOON + ahead, "2026-03-10T02:31:00+00:00")
    assert len(night.nights(1 / 24)) == 1    # it looks as if some were missed
    night.set_clock(-ahead)
    assert night.nights(3) == [FIRST + timedelta(days=day) for day in range(3)]


@pytest.mark.parametrize("days", [1, 2, 300])
def test_a_clock_that_was_ahead_over_a_night_costs_none_after_it(days: int) -> None:
    ahead = timedelta(days=days)
    night = Night()
    night.set_clock(ahead)
    assert len(night.nights(0.75)) == 1
    night.set_clock(-ahead)
    assert night.nights(3) == [FIRST + timedelta(days=day) for day in range(1, 4)]


def test_a_new_box_whose_clock_was_ahead_at_the_start() -> None:
    night = Night(NOON + timedelta(days=300))
    assert night.shift.deadline_s is not None
    night.set_clock(timedelta(days=-300))
    assert night.until_due() == FIRST


def test_a_start_without_the_time_is_no_reason_for_a_night_at_noon() -> None:
    night = Night(datetime(1970, 1, 1, tzinfo=UTC), "2026-03-10T02:31:00+00:00")
    assert night.shift.deadline_s is not None
    night.set_clock(NOON - night.ledger.now)
    assert night.until_due() == FIRST


def test_a_clock_that_leaps_again_and_again_is_a_night_an_hour_at_most() -> None:
    night = Night(last="2026-03-08T02:30:00+00:00")
    kept: list[float] = []
    for turn in range(100):
        night.set_clock(timedelta(days=-3 if turn % 7 == 0 else 2))
        due_s = night.shift.deadline_s
        assert due_s is not None
        if due_s <= night.ledger.moment.monotonic_s and night.shift.begins():
            kept.append(night.ledger.moment.monotonic_s)
            night.shift.done(well=True)
        night.wait(300)
    assert len(kept) > 3
    assert all(later - before >= TRY_AGAIN_S for before, later in itertools.pairwise(kept))


def test_set_back_by_minutes_after_the_night_it_is_not_kept_again() -> None:
    night = Night()
    night.until_due()
    assert night.shift.begins()
    night.shift.done(well=True)
    assert night.shift.deadline_s is not None
    night.set_clock(timedelta(minutes=-5))
    assert night.until_due() == FIRST + timedelta(days=1)
