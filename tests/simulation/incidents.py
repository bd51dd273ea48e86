"""The incidents: each strikes once, and tells when people have mended what only people can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from hw.simulator.faults import Fault
from hw.simulator.forwarding import CONDITIONAL, REASONS, ForwardingBehaviour
from hw.simulator.modem import Power
from hw.simulator.sim_card import SmsStatus, StoreFullError
from hw.simulator.subscriber import Coverage
from hw.simulator.tpdu import Submit
from hw.simulator.user_data import split
from tests.simulation.box import SYSTEMD_MS, SimulatedBox
from tests.simulation.outages import Outages
from tests.simulation.watch_forwarding import ForwardingWatch

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
RESCUE_MS = 30 * MINUTE      # then somebody pulls the modem's plug
DEAF_RESCUE_MS = 3 * HOUR
STRANGERS_NUMBER = "+33655000000"
FULL_AND_DARK = "disk full, and then the power goes"


@dataclass(slots=True)
class Scene:
    """Where incidents happen."""

    box: SimulatedBox
    random: Random
    outages: Outages
    forwarding: ForwardingWatch
    ports: int = 0
    clock_turns: int = 0

    def later(self, wait_ms: int, action: Callable[[], object]) -> None:
        self.box.timeline.after(wait_ms, action)

    def between(self, low_ms: int, high_ms: int) -> int:
        return self.random.randrange(low_ms, high_ms)

    def struck(self, fault: str, mended_after_ms: int = 0) -> None:
        """Measure from now, or from when it is mended, until the box hears again."""
        self.outages.struck(fault, mended_after_ms)

    def mend_everything(self) -> None:
        """Whatever an incident may have left behind."""
        box = self.box
        subscriber = box.network.subscriber(box.number)
        subscriber.forwarding.behaviour = ForwardingBehaviour()
        conditions = subscriber.conditions
        conditions.congested = False
        conditions.ss_answers_lost = conditions.submit_answers_lost = 0
        conditions.ss_errors.clear()
        box.network.set_deaf(box.number, False)
        box.network.set_coverage(box.number, Coverage.HOME)
        box.fill_disk(False)
        box.halfway, box.trap = False, None
        box.set_clock(timedelta())
        _insert_sim(self)
        if box.wire.mute or box.modem.frozen:
            box.unplug()
        if box.modem.power is Power.OFF and not box.dead:
            box.plug()


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happens at an instant."""

    name: str
    strike: Callable[[Scene], None]
    at_once: bool = False    # it ends the daemon before the very effect; else it is another event


INCIDENTS: list[Incident] = []


Strike = Callable[[Scene], None]


def _incident(name: str, *, at_once: bool = False) -> Callable[[Strike], Strike]:
    def keep(strike: Strike) -> Strike:
        INCIDENTS.append(Incident(name, strike, at_once))
        return strike

    return keep


# The modem and its cable


@_incident("modem restarts")
def _restart(scene: Scene) -> None:
    scene.box.modem.restart(orderly=False)
    scene.struck("modem restarts")


@_incident("USB vanishes, comes back under another name")
def _unplug(scene: Scene) -> None:
    wait_ms = scene.between(2 * SECOND, 10 * MINUTE)
    scene.ports += 1
    scene.box.unplug()
    port = f"/dev/ttyUSB{scene.ports % 9}"
    scene.later(wait_ms, lambda: scene.box.plug(port))
    scene.struck("USB vanishes", wait_ms)


@_incident("USB stumbles")
def _stumble(scene: Scene) -> None:
    scene.box.drop_port()
    scene.struck("USB stumbles")


@_incident("modem falls silent")
def _mute(scene: Scene) -> None:
    scene.box.wire.strike(Fault.MUTE)
    scene.struck("modem falls silent")
    scene.later(RESCUE_MS, lambda: _rescue(scene))


@_incident("modem hangs")
def _hang(scene: Scene) -> None:
    scene.box.modem.frozen = True
    scene.struck("modem hangs")
    scene.later(RESCUE_MS, lambda: _rescue(scene))


def _rescue(scene: Scene) -> None:
    """Somebody pulls the plug of a modem that has said nothing for half an hour."""
    if scene.box.wire.mute or scene.box.modem.frozen:
        scene.box.judge.saw(scene.box.now_ms, "rescue", "somebody pulls the modem's plug")
        scene.box.unplug()
        scene.later(5 * SECOND, scene.box.plug)


# The SIM


@_incident("SIM busy")
def _sim_busy(scene: Scene) -> None:
    wait_ms = scene.between(5 * SECOND, 90 * SECOND)
    scene.box.sim.busy = True
    scene.box.modem.restart(orderly=False)
    scene.later(wait_ms, lambda: _insert_sim(scene))
    scene.struck("SIM busy", wait_ms)


@_incident("SIM removed")
def _sim_removed(scene: Scene) -> None:
    wait_ms = scene.between(30 * SECOND, 20 * MINUTE)
    scene.box.sim.present = False
    scene.box.modem.restart(orderly=False)
    scene.later(wait_ms, lambda: _insert_sim(scene))
    scene.struck("SIM removed", wait_ms)


def _insert_sim(scene: Scene) -> None:
    scene.box.sim.busy, scene.box.sim.present = False, True
    if scene.box.modem.power is Power.ON:
        scene.box.modem.attach_when_possible()


@_incident("SMS store full")
def _store_full(scene: Scene) -> None:
    """Drafts, such as somebody's telephone has left on the card."""
    draft = Submit(0, STRANGERS_NUMBER, split("brouillon", 0)[0]).encode()
    store = scene.box.sim.messages
    try:
        while True:
            store.add(SmsStatus.STO_UNSENT, draft + bytes([store.used]), "")
    except StoreFullError:
        scene.struck("SMS store full")


# The network


@_incident("registration lost")
def _coverage(scene: Scene) -> None:
    wait_ms = scene.between(20 * SECOND, 30 * MINUTE)
    _move(scene, Coverage.NONE)
    scene.later(wait_ms, lambda: _move(scene, Coverage.HOME))
    scene.struck("registration lost", wait_ms)


@_incident("registration denied")
def _denied(scene: Scene) -> None:
    wait_ms = scene.between(20 * SECOND, 10 * MINUTE)
    _move(scene, Coverage.DENIED)
    scene.later(wait_ms, lambda: _move(scene, Coverage.HOME))
    scene.struck("registration denied", wait_ms)


def _move(scene: Scene, coverage: Coverage) -> None:
    scene.box.network.set_coverage(scene.box.number, coverage)


@_incident("registered but deaf")
def _deaf(scene: Scene) -> None:
    """Until the modem attaches anew."""
    box = scene.box
    box.network.set_deaf(box.number, True)
    line = box.network.subscriber(box.number).line
    began_ms = box.now_ms

    def look() -> None:
        subscriber = box.network.subscriber(box.number)
        anew = subscriber.line is not line and subscriber.line is not None
        if anew or box.now_ms - began_ms > DEAF_RESCUE_MS:
            box.network.set_deaf(box.number, False)
        elif subscriber.conditions.deaf:
            scene.later(2 * SECOND, look)

    look()
    scene.struck("registered but deaf")


@_incident("service centre congested")
def _congested(scene: Scene) -> None:
    conditions = scene.box.network.subscriber(scene.box.number).conditions
    conditions.congested = True

    def over() -> None:
        conditions.congested = False

    wait_ms = scene.between(20 * SECOND, 20 * MINUTE)
    scene.later(wait_ms, over)
    scene.outages.takes_no_sms(wait_ms)


@_incident("answer to an SMS lost")
def _answer_lost(scene: Scene) -> None:
    scene.box.network.subscriber(scene.box.number).conditions.submit_answers_lost += 1


# Forwarding


def _behaviour(scene: Scene, behaviour: ForwardingBehaviour) -> None:
    register = scene.box.network.subscriber(scene.box.number).forwarding
    register.behaviour = behaviour

    def over() -> None:
        register.behaviour = ForwardingBehaviour()

    scene.later(scene.between(10 * MINUTE, 6 * HOUR), over)


@_incident("forwarding refused")
def _refused(scene: Scene) -> None:
    _behaviour(scene, ForwardingBehaviour(refused=frozenset(REASONS)))


@_incident("forwarding silently not applied")
def _pretending(scene: Scene) -> None:
    _behaviour(scene, ForwardingBehaviour(accepted_not_applied=frozenset(REASONS)))


@_incident("forwarding changed behind the box's back")
def _changed(scene: Scene) -> None:
    reason = scene.random.choice(CONDITIONAL)
    number = scene.random.choice((None, STRANGERS_NUMBER))
    scene.forwarding.changed_behind_back(reason)
    scene.box.network.change_forwarding(scene.box.number, reason, number)


@_incident("answers about forwarding lost")
def _ss_answers(scene: Scene) -> None:
    conditions = scene.box.network.subscriber(scene.box.number).conditions
    conditions.ss_answers_lost += scene.random.randrange(1, 4)


# The clock


def _set_back(scene: Scene, turn: int) -> None:
    """Network time has put it right, unless another fault has come between."""
    if turn == scene.clock_turns:
        scene.box.set_clock(timedelta())


def _clock(scene: Scene, skew: timedelta, wait_ms: int, *, trusted: bool) -> None:
    scene.clock_turns += 1
    turn = scene.clock_turns
    scene.box.set_clock(skew, trusted=trusted)
    scene.later(wait_ms, lambda: _set_back(scene, turn))


@_incident("clock jumps")
def _jump(scene: Scene) -> None:
    skew = timedelta(milliseconds=scene.between(-3 * HOUR, 3 * HOUR))
    _clock(scene, skew, scene.between(10 * MINUTE, 2 * HOUR), trusted=True)


@_incident("clock starts in 1970", at_once=True)
def _in_1970(scene: Scene) -> None:
    """A power cut, and no clock that has run on."""
    if scene.box.dead:
        return
    wait_ms = scene.between(5 * SECOND, 2 * MINUTE)
    scene.box.die(wait_ms, mains=True)
    skew = datetime(1970, 1, 1, 0, 0, 30, tzinfo=UTC) - scene.box.timeline.utc()
    _clock(scene, skew, wait_ms + scene.between(MINUTE, 30 * MINUTE), trusted=False)


@_incident("clock runs backwards")
def _backwards(scene: Scene) -> None:
    """A quarter of an hour, again and again, and right at last."""
    scene.clock_turns += 1
    turn = scene.clock_turns
    for step in range(1, 5):
        scene.later(step * 5 * MINUTE, lambda step=step: _one_back(scene, turn, step))  # type: ignore[misc]
    scene.later(25 * MINUTE, lambda: _set_back(scene, turn))


def _one_back(scene: Scene, turn: int, step: int) -> None:
    if turn == scene.clock_turns:
        scene.box.set_clock(timedelta(minutes=-15 * step))


# The computer


@_incident("disk full")
def _disk_full(scene: Scene) -> None:
    wait_ms = scene.between(3 * SECOND, 5 * MINUTE)
    scene.box.fill_disk(True)
    scene.later(wait_ms, lambda: scene.box.fill_disk(False))
    scene.struck("disk full", wait_ms)


@_incident("daemon killed between two effects", at_once=True)
def _killed(scene: Scene) -> None:
    scene.box.die(SYSTEMD_MS)


@_incident("daemon killed in the middle of a transaction", at_once=True)
def _halfway(scene: Scene) -> None:
    scene.box.halfway = True


@_incident("power cut", at_once=True)
def _power_cut(scene: Scene) -> None:
    wait_ms = scene.between(5 * SECOND, 10 * MINUTE)
    scene.box.die(wait_ms, mains=True)


@_incident(FULL_AND_DARK)
def _full_and_dark(scene: Scene) -> None:
    """What was in memory only is lost; the disk is full still when the power comes back."""
    dark_ms = scene.between(10 * SECOND, 3 * MINUTE)
    wait_ms = scene.between(5 * SECOND, 5 * MINUTE)
    scene.box.fill_disk(True)
    scene.later(dark_ms, lambda: scene.box.die(wait_ms, mains=True, fault=FULL_AND_DARK))
    scene.later(dark_ms + scene.between(0, 10 * MINUTE), lambda: scene.box.fill_disk(False))
