"""Mistakes about alerts and answers, each made on purpose, turn the checkers of `watch_alerts` red.

These look at the end only; here they look every two hours, so that a mistake of the morning is seen
in the morning.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from firmware.alert.desk import AlertDesk
from firmware.alert.turn import next_turn
from firmware.alert.words import AlertWords
from firmware.duty.staff_desk import StaffDesk
from firmware.record import Alert, Asked
from firmware.sms.staff_commands import StaffCommand, Word
from tests.simulation.promises import Promise
from tests.simulation.red import (
    Mistakes,
    Mutation,
    Prepare,
    Red,
    nothing,
    nothing_may_be_broken,
    play_a_day,
    watch_for,
)
from tests.simulation.town import ADMINISTRATORS, STAFF
from tests.simulation.year import Year

SEED, LOAD = 2, 0.4
LAST_LOOK_MS = 16 * 3_600_000
Patch = pytest.MonkeyPatch
MUTATIONS = Mistakes()
breaks = MUTATIONS.breaks


@breaks(Promise.TOLD)
def an_alert_names_the_caller_before(patch: Patch) -> None:
    real = AlertWords._caller
    numbers: list[str | None] = [None]

    def caller(self: AlertWords, alert: Alert) -> str:
        numbers.append(alert.number)
        return real(self, replace(alert, number=numbers[-2]))

    patch.setattr(AlertWords, "_caller", caller)


@breaks(Promise.TOLD)
def another_mobile_is_asked(patch: Patch) -> None:
    real = AlertDesk._send_question

    def send(self: AlertDesk, alert: Alert, turn: int, asked: Asked, text: str) -> None:
        real(self, alert, turn, replace(asked, mobile=ADMINISTRATORS[0][1]), text)

    patch.setattr(AlertDesk, "_send_question", send)


@breaks(Promise.TURN)
def the_second_level_is_asked_first(patch: Patch) -> None:
    def last_of_all(asked: Any, round_: int, candidates: Any) -> Any:
        turn = next_turn(asked, round_, candidates)
        return (turn[0], [candidates[-1]]) if turn is not None else None

    patch.setattr("firmware.alert.desk.next_turn", last_of_all)


@breaks(Promise.TURN)
def nobody_is_asked_after_the_first(patch: Patch) -> None:
    patch.setattr("firmware.alert.desk.patience_s", lambda alert, roster: 6000)


@breaks(Promise.TURN)
def who_cannot_be_reached_is_waited_for(patch: Patch) -> Prepare:
    patch.setattr(AlertDesk, "failed", nothing)

    def prepare(year: Year) -> None:
        for _, mobile in STAFF:
            subscriber = year.box.network.subscriber(mobile)
            subscriber.profile = replace(subscriber.profile, short_messages=False)

    return prepare


@breaks(Promise.ANSWER)
def any_word_is_an_ok(patch: Patch) -> None:
    patch.setattr(
        "firmware.duty.staff_desk.parse_staff_command", lambda text: StaffCommand(Word.OK)
    )


@breaks(Promise.ANSWER)
def an_ok_is_not_understood(patch: Patch) -> None:
    patch.setattr(StaffDesk, "_ok", lambda self, person, command: "?")


@breaks(Promise.WORD)
def words_are_not_answered(patch: Patch) -> None:
    patch.setattr(StaffDesk, "_answer", lambda *_arguments: None)


@pytest.mark.parametrize(("promise", "mutation"), MUTATIONS, ids=MUTATIONS.names)
def test_a_mistake_about_an_alert_is_seen(
    promise: str, mutation: Mutation, monkeypatch: Patch, tmp_path: Path
) -> None:
    prepare = mutation(monkeypatch)
    watch_for(promise, monkeypatch)
    with pytest.raises(Red):
        play_a_day(tmp_path, SEED, LOAD, LAST_LOOK_MS, prepare)


def test_without_a_mistake_none_is_seen(monkeypatch: Patch, tmp_path: Path) -> None:
    nothing_may_be_broken(monkeypatch)
    play_a_day(tmp_path, SEED, LOAD, LAST_LOOK_MS)
