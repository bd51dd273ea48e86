"""Mistakes in a year with a voice, each made on purpose, turn its checkers red."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from firmware.call.call_in_hand import CallInHand, Phase
from firmware.call.desk import CallDesk
from firmware.call.second_caller import SecondCallers
from firmware.voice.seek import Seek
from firmware.voice.talk import Talk
from firmware.voice.talk_table import Stage
from hw.simulator.phone import VirtualPhone
from tests.simulation.people import People
from tests.simulation.promises import Promise
from tests.simulation.red import Mistakes, Mutation, Prepare, is_seen, nothing
from tests.simulation.workload import CALLERS
from tests.simulation.year import Year

DAYS, SEED, LOAD = 1, 2, 0.4
Patch = pytest.MonkeyPatch
MUTATIONS = Mistakes()
breaks = MUTATIONS.breaks


def _conferences(year: Year) -> None:
    """The network holds calls and joins them, and lets none go."""
    subscriber = year.box.network.subscriber(year.box.number)
    subscriber.profile = replace(
        subscriber.profile, hold=True, multiparty=True, explicit_transfer=False
    )


def _sleeps(_people: People, phone: VirtualPhone) -> None:
    phone.answer_after_ms = None


@breaks(Promise.ACCEPTED)
def who_answers_is_joined(patch: Patch) -> Prepare:
    """The question was played to its end, and nobody has pressed a key."""
    patch.setattr(Seek, "_again", Seek._accept)
    return None


@breaks(Promise.HEARD)
def a_hold_has_no_end(patch: Patch) -> Prepare:
    patch.setattr(Seek, "_unanswered", nothing)
    patch.setattr(People, "_mood", _sleeps)
    return _conferences


@breaks(Promise.HEARD)
def the_offer_is_not_spoken(patch: Patch) -> Prepare:
    patch.setattr(Talk, "_offer", lambda self: self._go(Stage.OFFERING))
    return None


@breaks(Promise.WAITS)
def callers_are_patient(patch: Patch) -> Prepare:
    """Nobody answers, and the caller is told of the next number, and the next."""
    patch.setattr("firmware.voice.patience.CHOICE_WITHIN_S", 600.0)
    patch.setattr(Talk, "_offer", Talk._next)
    patch.setattr(People, "_mood", _sleeps)
    return _conferences


@breaks(Promise.CUT)
def a_conference_is_a_call_that_nobody_leads(patch: Patch) -> Prepare:
    """As when a garbled number in the list was taken for another call."""
    real = CallDesk.seen

    def seen(self: CallDesk, line: CallInHand) -> None:
        (self._releases.hang_up if line.phase is Phase.JOINED else partial(real, self))(line)

    patch.setattr(CallDesk, "seen", seen)
    return _conferences


def _rings(year: Year, number: str) -> None:
    phone = year.box.phone(number)
    phone.patience_ms = 60_000
    year.calls.placed(phone.call(year.box.number))


@breaks(Promise.SILENCE)
def nobody_hears_of_the_second_caller(patch: Patch) -> Prepare:
    """The network leads them on and tells of them, over the call that the box speaks in."""
    patch.setattr(SecondCallers, "heard", nothing)

    def prepare(year: Year) -> None:
        box = year.box
        subscriber = box.network.subscriber(box.number)
        subscriber.profile = replace(subscriber.profile, forwarding_notices=True)
        for wait_ms, number in ((3_600_000, CALLERS[0]), (3_630_000, CALLERS[1])):
            box.timeline.after(wait_ms, partial(_rings, year, number))

    return prepare


@pytest.mark.parametrize(("promise", "mutation"), MUTATIONS, ids=MUTATIONS.names)
def test_a_mistake_turns_its_checker_red(
    promise: str, mutation: Mutation, monkeypatch: Patch, tmp_path: Path
) -> None:
    prepare = mutation(monkeypatch)
    year = Year(tmp_path, DAYS, SEED, 0.0, LOAD, voice=True)
    assert is_seen(year, promise, prepare, monkeypatch)
