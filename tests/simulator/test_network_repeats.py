"""The same seed and the same inputs give the same ledger, to the hash, with everything failing."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from hw.simulator.network import Network
from hw.simulator.phone import VirtualPhone
from hw.simulator.store_and_forward import ServiceCentreBehaviour
from hw.simulator.subscriber import Coverage
from hw.simulator.terminal import ForwardingReason, LineError
from hw.simulator.timeline import Timeline

BOX = "+33612000001"
DAY_MS = 86_400_000
ROOT = Path(__file__).parents[2]


def busy_days(seed: int, days: int = 3, calls: int = 400) -> Network:
    """A box that refuses its calls, five people, twenty callers, and a bad network."""
    timeline = Timeline(seed)
    draw = timeline.random
    network = Network(
        timeline,
        service_centre=ServiceCentreBehaviour(duplicate=0.05, reorder=0.1, loss=0.01),
    )
    network.rates.sms_error = network.rates.call_congestion = 0.03
    network.rates.submit_answer_lost = 0.02
    box = network.phone(BOX)
    box.refuse_after_ms = 1200
    staff = [network.phone(f"+3360102030{digit}") for digit in range(5)]
    network.voicemail("888")
    for person in staff:
        network.change_forwarding(person.number, ForwardingReason.NO_REPLY, "888")
    callers = [network.phone(f"+336990000{number:02d}") for number in range(20)]
    for _ in range(calls):
        caller = draw.choice(callers)
        when_ms = draw.randrange(days * DAY_MS)
        timeline.at(when_ms, partial(_trouble, network, caller, staff))
        timeline.at(when_ms, partial(_dial, caller))
        timeline.at(when_ms, partial(caller.send_text, BOX, "Besoin d'aide " * 15, report=True))
    timeline.run_until((days + 3) * DAY_MS)
    return network


def _dial(caller: VirtualPhone) -> None:
    try:
        caller.call(BOX)
    except LineError:
        caller.hang_up()


def _trouble(network: Network, caller: VirtualPhone, staff: list[VirtualPhone]) -> None:
    draw = network.timeline.random
    person = draw.choice(staff)
    network.change_forwarding(BOX, ForwardingReason.BUSY, person.number)
    caller.patience_ms = draw.randrange(2_000, 90_000)
    person.answer_after_ms = draw.choice([None, 1_000, 25_000])
    person.busy = draw.random() < 0.1
    coverage = draw.choice([Coverage.HOME, Coverage.HOME, Coverage.ROAMING, Coverage.NONE])
    network.set_coverage(person.number, coverage)
    if draw.random() < 0.1:
        person.line.lose_power()
    else:
        person.switch_on()


def test_every_call_and_message_ends_and_the_sums_hold() -> None:
    network = busy_days(7)
    ledger = network.ledger
    assert list(ledger.open_calls()) == []
    assert all(line.line.calls() == () for line in network.phones.values() if line.on)
    for call in ledger.calls.values():
        assert call.ended_ms is not None
        assert call.legs[-1].outcome or call.connected_ms is None
        assert (call.connected_to is not None) == (call.legs[-1].outcome == "answered")
        assert len({leg.number for leg in call.legs}) == len(call.legs)
        for leg in call.legs:
            assert leg.ended_ms is not None
            assert call.started_ms <= leg.started_ms <= leg.ended_ms <= call.ended_ms
    for message in ledger.messages.values():
        assert message.state in ("delivered", "failed", "expired", "lost")
        assert bool(message.deliveries_ms) == (message.state == "delivered")
    reached = {call.connected_to for call in ledger.calls.values()}
    assert {"888", None} < reached
    assert len({leg.reason for call in ledger.calls.values() for leg in call.legs}) >= 3


def test_the_same_seed_repeats_and_another_does_not() -> None:
    first, again, other = (busy_days(seed).ledger.digest() for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_another_process_with_another_hash_seed_agrees() -> None:
    script = (
        "from tests.simulator.test_network_repeats import busy_days;"
        "print(busy_days(5, 1, 60).ledger.digest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert digests == {busy_days(5, 1, 60).ledger.digest() + "\n"}


def test_a_fault_that_is_off_draws_nothing() -> None:
    network = Network(Timeline(1))
    before = network.timeline.random.getstate()
    assert not network.chance(0.0)
    assert network.timeline.random.getstate() == before
    assert network.chance(1.0)
    assert network.timeline.random.getstate() != before
