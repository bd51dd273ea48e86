"""Random callers on a bad day: whatever comes, every call that rang is one call with one outcome,
and somebody is told of it.

The network's own ledger is the truth; the seed decides everything.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random

import pytest

from hw.simulator.faults import Fault
from hw.simulator.ledger import CallRecord
from tests.simulation.sites import SAMPLE, with_mode
from tests.simulation.world import BOX, World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
CALLERS = [f"+3369900000{index}" for index in range(6)]
# Odd ones with faults. 7, 17, 21, 24, 27, 31 and 33 have each found a caller taken for another.
SEEDS = (1, 2, 4, 7, 17, 21, 24, 27, 31, 33)
FINAL = {"diverted", "alerted", "abandoned"}
FAULTS = {
    Fault.SPLIT: 0.2,
    Fault.DELAY: 0.05,
    Fault.ECHO_RETURNS: 0.02,
    Fault.URC_IN_REPLY: 0.05,
    Fault.NO_REPLY: 0.01,
    Fault.REFUSE_CHLD0: 0.2,
    Fault.NUL_BYTE: 0.002,
}


def _storm(world: World, random: Random, calls: int) -> None:
    """Callers at random instants, some withheld, some impatient, some at the same moment."""
    at_ms = world.timeline.now_ms
    for _ in range(calls):
        at_ms += random.choice([10, 300, 900, 2_000, 5_000, 20_000, 60_000])
        caller = random.choice(CALLERS)
        patience_s = random.choice([1.5, 2.0, 2.5, 4.0, 10.0, 30.0])
        withheld = random.random() < 0.2
        world.timeline.at(at_ms, partial(_call, world, caller, patience_s, withheld))
    world.timeline.run_until(at_ms)


def _call(world: World, caller: str, patience_s: float, withheld: bool) -> None:
    if not world.phone(caller).line.calls():
        world.call(caller, patience_s=patience_s, withheld=withheld)


@pytest.mark.parametrize("mode", ["divert", "alert"])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_call_that_rang_has_one_outcome_and_somebody_knows(
    mode: str, seed: int, tmp_path: Path
) -> None:
    site = with_mode(mode) if mode == "alert" else SAMPLE
    world = World(tmp_path, site, start=START, seed=seed)
    world.run(40)
    random = Random(seed)
    faulty = seed % 2 == 1
    if faulty:
        for fault, rate in FAULTS.items():
            world.wire.set_rate(fault, rate)
    _storm(world, random, 25)
    world.wire.clear()
    world.run(240)

    rang = [
        call
        for call in world.network.ledger.calls.values()
        if any(leg.number == BOX and leg.ringing_ms is not None for leg in call.legs)
    ]
    entries = world.journal("call")
    assert rang
    assert {entry["outcome"] for entry in entries} <= FINAL
    if faulty:
        # While the modem does not answer, two calls of one caller can look like one, and no more.
        assert {_shown(call) for call in rang} == {entry["number"] for entry in entries}
        assert len(entries) <= len(rang), _both(rang, entries)
        assert len(entries) >= len(rang) - 2, _both(rang, entries)
    else:
        assert len(entries) == len(rang), _both(rang, entries)
    texts = [text for phone in world.network.phones.values() for text in phone.texts]
    for call in rang:
        shown = _shown(call) or "masqué"
        assert any(shown in text.text for text in texts), call
    # Nobody who did not get through to the box was turned away either: the network forwarded.
    for call in world.network.ledger.calls.values():
        if call not in rang and call.cause == 17:   # 24.008: user busy
            assert call.forwarded, call


def _shown(call: CallRecord) -> str | None:
    return None if call.withheld else call.caller


def _both(rang: list[CallRecord], entries: list[dict[str, object]]) -> str:
    return "\n".join(map(str, [*rang, *entries]))
