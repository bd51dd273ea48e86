"""Once a night, when nobody calls; after a night that was missed, at the first calm moment."""

from __future__ import annotations

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
