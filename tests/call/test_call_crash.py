"""The daemon dies after each single thing that it does about a call, and is started again.

Whatever the instant: one call in the journal with one outcome, and somebody is asked for an answer,
once; or nothing was known of the call yet, and the network passes it on by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.effect import Effect, Record, Write
from firmware.record import AlertCause
from firmware.store.tables import ALERT, CALL
from hw.simulator.terminal import Registration
from tests.simulation.sites import BRUNO, CALLER, SAMPLE, with_mode
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
RING_S = 25.0
NEXT_CALLER = "+33688888888"
FINAL = {"diverted", "alerted", "abandoned"}


class Fatal:
    """Kills the daemon before its n-th effect of a kind from now on."""

    def __init__(self, world: World, count: int, counted: Callable[[Effect], bool]) -> None:
        self.world = world
        self.left = count
        self.counted = counted
        self.struck = False
        self._perform = world.perform

    def __enter__(self) -> Fatal:
        self.world.perform = self._watch  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        self.world.perform = self._perform  # type: ignore[method-assign]

    def _watch(self, effect: Effect) -> None:
        if not self.struck and self.counted(effect):
            self.left -= 1
            if self.left == 0:
                self.struck = True
                self.world.kill()
                return
        self._perform(effect)


def _call_and_die(folder: Path, site: str, count: int) -> tuple[World, bool]:
    world = World(folder, site, start=START)
    world.run(40)
    with Fatal(world, count, lambda effect: isinstance(effect, Record | Write)) as fatal:
        world.call(CALLER, patience_s=RING_S)
        world.run(12)
    if fatal.struck:
        world.restart()
    world.run(120)
    return world, fatal.struck


@pytest.mark.parametrize("mode", ["divert", "alert"])
def test_dying_at_every_single_effect_of_a_call(mode: str, tmp_path: Path) -> None:
    site = with_mode(mode) if mode == "alert" else SAMPLE
    deaths = 0
    while True:
        deaths += 1
        folder = tmp_path / str(deaths)
        folder.mkdir()
        world, struck = _call_and_die(folder, site, deaths)
        calls = world.journal("call")
        (record,) = world.network.ledger.calls.values()
        assert len(calls) <= 1, (deaths, calls)
        if calls:
            assert calls[0]["outcome"] in FINAL, (deaths, calls)
            asked = [text for text in world.texts(BRUNO) if CALLER in text or "masqué" in text]
            # A message whose answer the daemon did not live to hear may come twice, no more.
            assert 1 <= len(asked) <= 2, (deaths, asked)
            assert len(set(asked)) == 1, (deaths, asked)
            assert len(world.page.unsettled_alerts()) == 1, deaths
        else:
            assert record.connected_to == BRUNO, (deaths, record)
        world.database.close()
        if not struck:
            break
    assert deaths > 7, "the daemon did hardly anything to be killed at"


def _lose_the_mains(world: World, dark_s: float) -> None:
    """Computer and modem start together; the modem is on the network first."""
    world.modem.on_attachment = lambda present: None
    world.plugged = False
    world.unplug()
    world.run(dark_s)
    world.booted_ms = world.timeline.now_ms
    world.plug()
    while world.modem.line is None or world.modem.line.registration is not Registration.HOME:
        world.run(1)


@pytest.mark.parametrize("mode", ["divert", "alert"])
@pytest.mark.parametrize("dark_s", [2, 70])
def test_who_rings_while_the_box_starts_is_not_the_caller_of_before_the_power_cut(
    mode: str, dark_s: float, tmp_path: Path
) -> None:
    """The modem is on the network before the daemon listens; the first had shown no number yet."""
    world = World(tmp_path, with_mode("alert") if mode == "alert" else SAMPLE, start=START)
    world.run(40)
    with Fatal(world, 2, lambda effect: isinstance(effect, Record)) as fatal:
        world.call(CALLER, patience_s=RING_S)
        while not fatal.struck:
            world.run(0.1)
    _lose_the_mains(world, dark_s)
    world.call(NEXT_CALLER, patience_s=RING_S)
    world.run(2)
    world.modem.on_attachment = world._attachment
    world.plugged = True
    world.restart()
    world.run(120)
    calls = [call.number for call in CALL.select(world.database.connection, "")]
    alerted = [alert.number for alert in ALERT.select(world.database.connection, "")]
    assert calls == [None, NEXT_CALLER]
    assert sorted(alerted, key=str) == [NEXT_CALLER, None]


def test_a_number_that_is_told_late_reaches_whoever_was_asked_without_it(tmp_path: Path) -> None:
    world = World(tmp_path, with_mode("alert"), start=START)
    world.run(40)
    world.swallowed["+CLIP"] = 1
    world.refused["AT+CLCC"] = 2
    world.call(CALLER, patience_s=RING_S)
    world.run(60)
    first, second = world.texts(BRUNO)
    assert CALLER not in first
    assert CALLER in second
    (alert,) = world.page.unsettled_alerts()
    assert (alert.number, alert.cause) == (CALLER, AlertCause.CALL)
    assert alert.reference in first
    assert alert.reference in second
    world.text(BRUNO, "OK")
    world.run(30)
    assert not world.page.unsettled_alerts()
