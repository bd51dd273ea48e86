"""Mistakes about who is on duty, take-overs and hours of work, each made on purpose, turn the
checkers of `watch_duty` and `watch_words` red, on a day on which the staff say RELAIS, DEBUT and
FIN all the time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from firmware.duty.handover import HandoverKeeper
from firmware.duty.relay import RelayDesk
from firmware.duty.staff_desk import StaffDesk
from firmware.duty.work_hours import WorkHours
from firmware.record import Intervention
from firmware.rota import Duty, Person
from tests.simulation.promises import Promise
from tests.simulation.red import (
    Mistakes,
    Mutation,
    Red,
    nothing,
    nothing_may_be_broken,
    play_a_day,
    watch_for,
)
from tests.simulation.town import STAFF
from tests.simulation.year import Year

SEED, LOAD = 1, 0.1
UNTIL_MS = 20 * 3_600_000
EVERY_MS = 17 * 60_000
WORDS = ("RELAIS", "DEBUT", "RELAIS Bruno", "FIN", "RELAIS", "RELAIS Eva", "DEBUT", "FIN")
HOUR = timedelta(hours=1)
Patch = pytest.MonkeyPatch
MUTATIONS = Mistakes()
breaks = MUTATIONS.breaks


def they_talk(year: Year) -> None:
    """One of the staff says one of the words every quarter of an hour."""
    for turn in range(UNTIL_MS // EVERY_MS):
        _, number = STAFF[turn * 5 % len(STAFF)]
        say = partial(year.work.staff_says, number, WORDS[turn % len(WORDS)])
        year.box.timeline.after((turn + 1) * EVERY_MS, say)


@breaks(Promise.HANDOVER)
def whoever_comes_on_duty_is_not_told(patch: Patch) -> None:
    patch.setattr(HandoverKeeper, "_starts", nothing)


@breaks(Promise.HANDOVER)
def whoever_goes_is_not_told(patch: Patch) -> None:
    patch.setattr(HandoverKeeper, "_ends", nothing)


@breaks(Promise.HANDOVER)
def the_wrong_one_is_told(patch: Patch) -> None:
    real = HandoverKeeper._starts

    def starts(self: HandoverKeeper, service: str, duty: Duty, told: frozenset[str]) -> None:
        people = self._roster.rota.people if self._roster.rota is not None else ()
        other = next(each for each in people if each.name != duty.person.name)
        real(self, service, replace(duty, person=other), told)

    patch.setattr(HandoverKeeper, "_starts", starts)


@breaks(Promise.HANDOVER)
def a_duty_is_said_to_end_an_hour_later(patch: Patch) -> None:
    real = HandoverKeeper._starts

    def starts(self: HandoverKeeper, service: str, duty: Duty, told: frozenset[str]) -> None:
        until = duty.until + HOUR if duty.until is not None else None
        real(self, service, replace(duty, until=until), told)

    patch.setattr(HandoverKeeper, "_starts", starts)


@breaks(Promise.RELAYED)
def a_take_over_lasts_an_hour_longer(patch: Patch) -> None:
    real = RelayDesk._until
    patch.setattr(RelayDesk, "_until", lambda self, *duty: real(self, *duty) + HOUR)


@breaks(Promise.RELAYED)
def a_take_over_is_told_and_not_entered(patch: Patch) -> None:
    patch.setattr(RelayDesk, "_enter", nothing)


@breaks(Promise.RELAYED)
def somebody_else_takes_over(patch: Patch) -> None:
    real = RelayDesk.take

    def take(self: RelayDesk, person: Person, *said: Any) -> str:
        other = next(each for each in self._people if each.name != person.name)
        return real(self, other, *said)

    patch.setattr(RelayDesk, "take", take)


@breaks(Promise.RELAYED)
def the_second_level_is_taken_over(patch: Patch) -> None:
    patch.setattr("firmware.duty.relay.FIRST_LEVEL", 2)


@breaks(Promise.RELAYED)
def an_offer_is_a_take_over_at_once(patch: Patch) -> None:
    def offer(self: RelayDesk, person: Person, name: str) -> str:
        found, duty = self._called(name), self._duty_of(person)
        if found is None or duty is None:
            return ""
        return self._relieve(duty[0], duty[1].level, [duty[1]], found)

    patch.setattr(RelayDesk, "offer", offer)


@breaks(Promise.RELAYED)
def nobody_is_asked_to_take_over(patch: Patch) -> None:
    patch.setattr(RelayDesk, "offer", lambda self, person, name: "")


@breaks(Promise.HOURS)
def hours_begin_an_hour_early(patch: Patch) -> None:
    _shift_hours(patch, -HOUR)


@breaks(Promise.HOURS)
def hours_end_an_hour_late(patch: Patch) -> None:
    _shift_hours(patch, HOUR)


def _shift_hours(patch: Patch, by: timedelta) -> None:
    real = WorkHours._at

    def at(self: WorkHours, command: Any) -> datetime | None:
        found = real(self, command)
        return found + by if found is not None else None

    patch.setattr(WorkHours, "_at", at)


@breaks(Promise.HOURS)
def hours_do_not_begin(patch: Patch) -> None:
    patch.setattr(WorkHours, "start", lambda self, person, command: "")


@breaks(Promise.HOURS)
def hours_do_not_end(patch: Patch) -> None:
    patch.setattr(WorkHours, "end", lambda self, person, command: "")


@breaks(Promise.HOURS)
def every_word_begins_hours(patch: Patch) -> None:
    real = StaffDesk.handle

    def handle(self: StaffDesk, message_id: int, person: Person, *said: Any) -> str:
        ledger = self._ledger
        ledger.put(Intervention(ledger.next_id(Intervention), person.name, ledger.now))
        return real(self, message_id, person, *said)

    patch.setattr(StaffDesk, "handle", handle)


@pytest.mark.parametrize(("promise", "mutation"), MUTATIONS, ids=MUTATIONS.names)
def test_a_mistake_about_duties_is_seen(
    promise: str, mutation: Mutation, monkeypatch: Patch, tmp_path: Path
) -> None:
    mutation(monkeypatch)
    watch_for(promise, monkeypatch)
    with pytest.raises(Red):
        play_a_day(tmp_path, SEED, LOAD, UNTIL_MS, they_talk)


def test_without_a_mistake_none_is_seen(monkeypatch: Patch, tmp_path: Path) -> None:
    nothing_may_be_broken(monkeypatch)
    play_a_day(tmp_path, SEED, LOAD, UNTIL_MS, they_talk)
