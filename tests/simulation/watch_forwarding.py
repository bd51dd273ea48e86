"""Forwarding on the network equals the rota within the stated delay, or the alarm is up.

The stated delays: five minutes after a handover or an edit on a network that answers; where
somebody changed it behind the box's back, as long as it takes the box to ask again: a quarter of an
hour for all calls and for those that are rejected, an hour for the others.
"""

from __future__ import annotations

from dataclasses import dataclass

from firmware.call.forwarding import GLANCE_EVERY_S, GLANCED, VERIFY_EVERY_S
from hw.simulator.forwarding import ForwardingRegister
from hw.simulator.terminal import ForwardingReason
from tests.simulation.box import SimulatedBox
from tests.simulation.promises import Promise
from tests.simulation.truth import RotaTruth

LOOK_EVERY_MS = 120_000
SOON_MS = 5 * 60_000
MENDED_MS = 10 * 60_000      # from when the box asks
GLANCED_CODES = {condition.value for condition in GLANCED}
GLANCE_MS = round(GLANCE_EVERY_S * 1000) + MENDED_MS
BEHIND_BACK_MS = round(VERIFY_EVERY_S * 1000) + MENDED_MS
ALARMS = ("forwarding", "modem", "port", "sim", "network", "clock", "site", "deaf")


@dataclass(slots=True)
class Wrong:
    """How long the network's register was wrong without an alarm: all in all, and at a stretch."""

    all_ms: int = 0
    longest_ms: int = 0
    longest_until_ms: int = 0

    def note(self, wrong_ms: int, now_ms: int) -> None:
        """It is wrong, and has been for so long."""
        self.all_ms += LOOK_EVERY_MS
        if wrong_ms > self.longest_ms:
            self.longest_ms, self.longest_until_ms = wrong_ms, now_ms


class ForwardingWatch:
    """Compares the network's register with the oracle every two minutes."""

    def __init__(self, box: SimulatedBox, truth: RotaTruth) -> None:
        self._box = box
        self._truth = truth
        self._right_ms = 0           # when it was last right, or excused
        self._unknown_until_ms = 0   # somebody else changed it: then the box must know
        self._unknown_ms: list[tuple[int, int]] = []
        self.knowable, self.unknowable = Wrong(), Wrong()
        self._told = False
        box.timeline.after(LOOK_EVERY_MS, self._look)

    def changed_behind_back(self, reason: ForwardingReason) -> None:
        """Somebody else changed it: until the next proof, or the next glance at what leads calls
        away, nobody can know."""
        known_in_ms = GLANCE_MS if reason.value in GLANCED_CODES else BEHIND_BACK_MS
        self._unknown_until_ms = max(self._unknown_until_ms, self._box.now_ms + known_in_ms)
        self._unknown_ms.append((self._box.now_ms, self._unknown_until_ms))

    def nobody_could_know(self, at_ms: int) -> bool:
        """Whether somebody else may have changed it by then, and the box was not to know yet."""
        return any(begin_ms <= at_ms <= end_ms for begin_ms, end_ms in self._unknown_ms)

    def is_right(self) -> bool:
        """Whether the register is what the rota wants at the box's own time of day."""
        box, truth = self._box, self._truth
        register = box.network.subscriber(box.number).forwarding
        targets = truth.targets(box.moment.utc)
        office = any(number not in truth.names for number in targets)
        alert_mode = truth.service(truth.services[0]).get("mode") == "alert" and not office
        held = ForwardingReason.BUSY, ForwardingReason.NOT_REACHABLE
        numbers = {_leads_to(register, reason) for reason in held}
        no_reply = _leads_to(register, ForwardingReason.NO_REPLY)
        if not alert_mode:
            numbers.add(no_reply)
        elif no_reply is not None:
            return False
        if register.registered(ForwardingReason.UNCONDITIONAL) is not None:
            return False
        return len(numbers) == 1 and numbers <= targets

    @property
    def excused(self) -> bool:
        """The alarm is up, or nobody is there who could know or act."""
        box = self._box
        return (
            box.dead
            or not box.trusted
            or not self._truth.knows(box.moment.utc)
            or not box.hears
            or box.books.alarmed(box.now_ms, 0, *ALARMS)
        )

    def _look(self) -> None:
        box = self._box
        now_ms = box.now_ms
        box.timeline.after(LOOK_EVERY_MS, self._look)
        if self.excused or self.is_right():
            self._right_ms, self._told = now_ms, False
            return
        set_ms = box.clock_set_ms(self._right_ms, now_ms)
        if set_ms is not None and now_ms - self._right_ms <= LOOK_EVERY_MS:
            self._right_ms = set_ms   # right at the last look, and until the rota was another's
        wrong_ms = now_ms - self._right_ms
        wrong = self.unknowable if now_ms <= self._unknown_until_ms else self.knowable
        wrong.note(wrong_ms, now_ms)
        if wrong_ms > SOON_MS and now_ms > self._unknown_until_ms and not self._told:
            self._told = True
            register = box.network.subscriber(box.number).forwarding.as_json()
            wanted = self._truth.targets(box.moment.utc)
            what = f"wrong for {wrong_ms // 1000} s: {register}, the rota wants {sorted(wanted)}"
            box.judge.breaks(Promise.FORWARDING, now_ms, what)


def _leads_to(register: ForwardingRegister, reason: ForwardingReason) -> str | None:
    """Where the network leads such calls: a number that is registered and not active is none."""
    forward = register.operative(reason)
    return forward.number if forward is not None else None
