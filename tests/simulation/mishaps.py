"""Bad luck that strikes in the middle of a call by voice: to its sound, its modem, its box.

Beside `misfortune`, and drawn by a chance of its own: a year without a voice stays what it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

from hw.simulator.faults import Fault
from hw.simulator.modem_audio import AudioFault
from hw.simulator.terminal import LineError
from tests.simulation.box import SYSTEMD_MS, SimulatedBox
from tests.simulation.incidents import HOUR, MINUTE, SECOND, Scene
from tests.simulation.keys import Keys
from tests.simulation.workload import CALLERS

CALLS_HIT = 20.0      # of the calls at a rate of 1: one in five at 1 %
LONGEST_MS = 120_000  # into the call
REFUSED_THRICE = 3    # the box tries a refused voice command so often


@dataclass(slots=True)
class Mishaps:
    """``struck`` counts them, ``stages`` where the conversations were."""

    scene: Scene
    random: Random
    rate: float
    keys: Keys
    until_ms: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    on_second: Callable[[int], None] = lambda call_id: None

    @property
    def box(self) -> SimulatedBox:
        return self.scene.box

    def placed(self, call_id: int) -> None:
        """Somebody rings the box: something may happen to this call."""
        chance = min(0.8, self.rate * CALLS_HIT)
        if self.random.random() < chance:
            wait_ms = self.random.randrange(300, LONGEST_MS)
            self.box.timeline.after(wait_ms, partial(self._come, call_id))

    def _come(self, call_id: int) -> None:
        box = self.box
        record = box.network.ledger.calls[call_id]
        if record.ended_ms is not None or box.dead or box.now_ms >= self.until_ms:
            return
        mishap = self.random.choice(MISHAPS)
        self.struck[f"in mid-call: {mishap.name}"] += 1
        talk = box.attendant._voice._talk
        self.stages[talk.seek.stage.name if talk.stage.name == "SEEKING" else talk.stage.name] += 1
        box.judge.saw(box.now_ms, "mishap", f"{mishap.name}, of call {call_id}")
        mishap.strike(self, record.caller)

    def for_a_while(self, fault: AudioFault) -> None:
        """The modem's sound has this fault for some hours."""
        faults = self.box.modem.audio.faults
        faults.add(fault)
        self.scene.later(self.random.randrange(10 * MINUTE, 6 * HOUR), lambda: self._over(fault))

    def _over(self, fault: AudioFault) -> None:
        self.box.modem.audio.faults.discard(fault)
        self.keys.heed()

    def end(self) -> None:
        """No fault any more."""
        self.box.modem.audio.faults.clear()
        self.box.voice.broken, self.box.has_voice = False, True
        self.keys.heed()


Strike = Callable[[Mishaps, str], None]


@dataclass(frozen=True, slots=True)
class Mishap:
    """``strike`` is told the number of whoever calls."""

    name: str
    strike: Strike


MISHAPS: list[Mishap] = []


def _mishap(name: str) -> Callable[[Strike], Strike]:
    def keep(strike: Strike) -> Strike:
        MISHAPS.append(Mishap(name, strike))
        return strike

    return keep


# Sound


@_mishap("sound breaks")
def _breaks(mishaps: Mishaps, _caller: str) -> None:
    mishaps.box.voice.lose()


@_mishap("sound dies with this call, until the modem restarts")
def _once(mishaps: Mishaps, _caller: str) -> None:
    mishaps.for_a_while(AudioFault.SOUND_ONCE)


@_mishap("one-way sound: nobody hears the box")
def _not_out(mishaps: Mishaps, _caller: str) -> None:
    """And nobody who does not hear the question presses a key."""
    mishaps.for_a_while(AudioFault.NO_SOUND_OUT)
    mishaps.keys.heed()


@_mishap("one-way sound: the box hears nobody")
def _not_in(mishaps: Mishaps, _caller: str) -> None:
    mishaps.for_a_while(AudioFault.NO_SOUND_IN)


@_mishap("the voice command is refused")
def _refused(mishaps: Mishaps, _caller: str) -> None:
    """To whoever calls next; twice of three times for good."""
    count = mishaps.random.choice((1, REFUSED_THRICE, REFUSED_THRICE))
    mishaps.box.wire.strike(Fault.REFUSE_VOICE, count)


@_mishap("no audio port is found")
def _no_port(mishaps: Mishaps, _caller: str) -> None:
    box = mishaps.box
    box.has_voice = False
    box.drop_port()
    mishaps.scene.struck("USB stumbles")

    def back() -> None:
        box.has_voice = True
        if not box.dead and box.plugged:
            box.drop_port()

    mishaps.scene.later(mishaps.random.randrange(5 * MINUTE, 3 * HOUR), back)


# Joining


@_mishap("CHLD=4 is refused")
def _no_transfer(mishaps: Mishaps, _caller: str) -> None:
    mishaps.box.wire.strike(Fault.REFUSE_CHLD4)


@_mishap("CHLD=4 and CHLD=3 are refused")
def _no_joining(mishaps: Mishaps, _caller: str) -> None:
    mishaps.box.wire.strike(Fault.REFUSE_CHLD4)
    mishaps.box.wire.strike(Fault.REFUSE_CHLD3)


@_mishap("an answer never comes")
def _no_answer(mishaps: Mishaps, _caller: str) -> None:
    mishaps.box.wire.strike(Fault.NO_REPLY)


@_mishap("an answer comes late")
def _late_answer(mishaps: Mishaps, _caller: str) -> None:
    mishaps.box.wire.strike(Fault.LATE_REPLY)


# The modem and the box


@_mishap("modem restarts")
def _restart(mishaps: Mishaps, _caller: str) -> None:
    mishaps.box.modem.restart(orderly=False)
    mishaps.scene.struck("modem restarts")


@_mishap("USB stumbles")
def _stumble(mishaps: Mishaps, _caller: str) -> None:
    mishaps.box.drop_port()
    mishaps.scene.struck("USB stumbles")


@_mishap("daemon killed")
def _killed(mishaps: Mishaps, _caller: str) -> None:
    mishaps.box.die(SYSTEMD_MS)


@_mishap("power cut")
def _power_cut(mishaps: Mishaps, _caller: str) -> None:
    mishaps.box.die(mishaps.random.randrange(5 * SECOND, 3 * MINUTE), mains=True)


# People


@_mishap("the caller hangs up")
def _hangs_up(mishaps: Mishaps, caller: str) -> None:
    mishaps.box.phone(caller).hang_up()


@_mishap("the caller presses keys")
def _presses(mishaps: Mishaps, caller: str) -> None:
    mishaps.box.phone(caller).press(mishaps.random.choice(("1", "2", "9", "#", "*", "11", "15112")))


@_mishap("a second caller")
def _second(mishaps: Mishaps, _caller: str) -> None:
    box = mishaps.box
    phone = box.phone(mishaps.random.choice(CALLERS))
    phone.patience_ms = 20_000
    try:
        mishaps.on_second(phone.call(box.number))
    except LineError:
        return    # they are in a call already
