"""A fault that is no alarm turns the checker of `watch_outages` red."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware.line.registration import Registration
from firmware.recovery.ladder import Ladder
from hw.simulator.subscriber import Coverage
from tests.simulation.year import Year

Patch = pytest.MonkeyPatch
SEED = 5   # without a relay


def network_lost(year: Year) -> None:
    year.box.network.set_coverage(year.box.number, Coverage.NONE)


def modem_hung(year: Year) -> None:
    year.box.modem.frozen = True   # nobody has wired its power


def card_gone(year: Year) -> None:
    year.box.modem.sim.present = False
    year.box.modem.power_off()
    year.box.modem.power_on()


def deaf(year: Year) -> None:
    year.box.network.subscriber(year.box.number).conditions.deaf = True


FAULTS = [network_lost, modem_hung, card_gone]


def tells_nobody(patch: Patch) -> None:
    """Neither of the modem nor of its card and network."""
    for room in (Registration, Ladder):
        make = room.__init__

        def init(self: Any, *given: Any, _make: Any = make, **named: Any) -> None:
            _make(self, *given, **named)
            self.__class__ = type("Silent", (type(self),), {
                "on_alarm": property(lambda _: lambda *_: None, lambda _, value: None),
                "__slots__": (),
            })  # fmt: skip

        patch.setattr(room, "__init__", init)


def play(folder: Path, strike: Callable[[Year], None]) -> list[str]:
    year = Year(folder, 1, SEED, 0.0)
    box = year.box
    box.modem.power_on()
    box.run(600)
    assert box.hears
    assert not box.recovery.power
    strike(year)
    year.outages.struck("what strikes", 3_600_000)
    box.run(1200)
    assert not box.hears
    box.database.close()
    return [broken.what for broken in box.judge.broken]


@pytest.mark.parametrize("strike", FAULTS)
def test_an_outage_without_an_alarm_is_seen(
    strike: Callable[[Year], None], monkeypatch: Patch, tmp_path: Path
) -> None:
    tells_nobody(monkeypatch)
    (what,) = play(tmp_path, strike)
    assert what.endswith("and no alarm is up")


@pytest.mark.parametrize("strike", [*FAULTS, deaf])
def test_without_a_mistake_none_is_seen(strike: Callable[[Year], None], tmp_path: Path) -> None:
    assert play(tmp_path, strike) == []
