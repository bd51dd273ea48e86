"""A call that is over and that the modem goes on listing: the box serves others, and resets it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from firmware.at.answers import CallListEntry, CallStat
from firmware.call.ghosts import RINGS_MAX_S, SILENT_S, Ghosts
from firmware.call.tries import VAIN_S
from firmware.effect import Effect, Write
from firmware.recovery.table import State
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import BRUNO, CALLER, SAMPLE

pytestmark = pytest.mark.usefixtures("modem_family")

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
OTHER = "+33655554444"
RESETS = (b"AT+CFUN=1,1\r", b"AT+CRESET\r", b"AT^RESET\r", b"AT#REBOOT\r")


class Haunted(CalmWorld):
    """``ghost``: the line of +CLCC that no release ends, only a restart."""

    ghost = ""
    asked: ClassVar[Counter[bytes]] = Counter()

    def perform(self, effect: Effect) -> None:
        if isinstance(effect, Write):
            self.asked[effect.data] += 1
            if effect.data in RESETS:
                self.ghost = ""
            if self.ghost and effect.data == b"AT+CLCC\r":
                answer = f"\r\n{self.ghost}\r\n\r\nOK\r\n".encode()
                self.timeline.after(60, lambda: self._from_modem(answer))
                return
        super().perform(effect)


@pytest.fixture
def world(tmp_path: Path) -> Haunted:
    made = Haunted(tmp_path, SAMPLE, start=NOON)
    made.run(120)
    made.asked.clear()
    return made


def haunt(world: Haunted, stat: int) -> None:
    world.ghost = f'+CLCC: 1,1,{stat},0,0,"{CALLER}",145'
    world.modem.urc("RING")
    world.modem.urc(f'+CLIP: "{CALLER}",145')


def state(world: Haunted) -> State:
    return world.attendant._recovery.ladder.state


def test_a_call_that_is_up_for_ever_gets_the_modem_reset_and_others_are_served(
    world: Haunted,
) -> None:
    haunt(world, 0)
    world.run(VAIN_S - 2)
    tries = sum(count for data, count in world.asked.items() if data.startswith(b"AT+CHUP"))
    assert 3 <= tries <= 9   # and not without a pause
    world.phone(OTHER).send_text(world.number, "help")
    world.run(120)
    assert world.ghost == ""
    assert state(world) is State.WELL
    assert not world.attendant._line.in_call
    texts = world.texts(BRUNO)
    assert any(CALLER in text for text in texts)
    assert any("help" in text for text in texts)


def test_a_call_that_rings_for_ever_does_too_and_not_sooner(world: Haunted) -> None:
    haunt(world, 4)
    world.run(RINGS_MAX_S - 10)
    assert world.ghost
    assert sum(CALLER in text for text in world.texts(BRUNO)) == 1
    world.run(40)
    assert world.ghost == ""
    assert sum(CALLER in text for text in world.texts(BRUNO)) == 1
    assert (state(world), world.attendant._line.in_call) == (State.WELL, False)


def entry(place: int, number: str | None, *, incoming: bool = True) -> CallListEntry:
    return CallListEntry(
        place, incoming, CallStat.INCOMING, voice=True, multiparty=False, number=number or ""
    )


def test_a_ghost_is_known_by_its_place_its_direction_and_its_number() -> None:
    told: list[str] = []
    ghosts = Ghosts()
    ghosts.on_suspect = lambda kind, why: told.append(kind)
    ghosts.on_trust = lambda kind: told.append(f"not {kind}")
    ghosts.add(1, CALLER, 100.0, incoming=True)
    ghost, others = entry(1, CALLER), (entry(2, CALLER), entry(3, None))
    left = ghosts.without((ghost, *others), lambda number, kind: number)
    assert left == others
    assert told == ["call"]
    assert ghosts.without((entry(1, OTHER),), lambda number, kind: number) == (entry(1, OTHER),)
    assert told == ["call", "not call"]
    assert ghosts.without((ghost,), lambda number, kind: number) == (ghost,)   # another call


def test_whoever_rings_where_the_ghost_was_silent_is_a_caller() -> None:
    ghosts = Ghosts()
    ghosts.add(1, CALLER, 100.0, incoming=True)
    assert ghosts.may_ring(CALLER, 105.0)
    assert ghosts.may_ring(None, 105.0 + SILENT_S - 1)
    assert not ghosts.may_ring(OTHER, 110.0)
    assert ghosts
    assert not ghosts.may_ring(CALLER, 105.0 + 3 * SILENT_S)
    assert not ghosts


def test_a_ring_without_a_number_takes_no_silent_ghost_for_the_caller() -> None:
    ghosts = Ghosts()
    ghosts.add(1, CALLER, 100.0, incoming=True)
    assert not ghosts.may_ring(None, 100.0 + 3 * SILENT_S)
    ghost, caller = entry(1, CALLER), entry(2, OTHER)
    assert ghosts.without((ghost, caller), lambda number, kind: number) == (caller,)
    assert ghosts   # the list tells who rings


@pytest.mark.parametrize("number", [CALLER, None])
def test_whoever_rings_and_has_the_place_of_a_ghost_is_the_caller(number: str | None) -> None:
    """The modem has let go of it a moment ago, and whoever was cut off rings again."""
    ghosts = Ghosts()
    ghosts.add(1, number, 100.0, incoming=True)
    assert not ghosts.may_ring(None, 100.0 + 3 * SILENT_S)
    caller = entry(1, CALLER)
    assert ghosts.without((caller,), lambda number, kind: number) == (caller,)
    assert not ghosts
    assert ghosts.without((caller,), lambda number, kind: number) == (caller,)


def test_what_a_restart_of_the_modem_has_not_ended_is_a_ghost_still() -> None:
    """The recovery goes on to cutting its power, and nobody is alerted of it anew."""
    told: list[str] = []
    ghosts = Ghosts()
    ghosts.on_trust = told.append
    ghosts.add(1, CALLER, 100.0, incoming=True)
    ghosts.forget()
    ghost = entry(1, CALLER)
    assert ghosts.without((ghost,), lambda number, kind: number) == ()
    assert told == []
    ghosts.forget()
    assert ghosts.without((), lambda number, kind: number) == ()
    assert told == ["call"]


@pytest.mark.parametrize("number", [None, CALLER])
def test_after_a_restart_whoever_rings_is_a_caller(number: str | None) -> None:
    ghosts = Ghosts()
    ghosts.add(1, CALLER, 100.0, incoming=True)
    ghosts.forget()
    assert not ghosts.may_ring(number, 101.0)
    again = (entry(1, CALLER),)
    assert ghosts.without(again, lambda number, kind: number) == again
