"""Forwarding on the network equals the rota within the stated delay, or the alarm is up.

The stated delays: five minutes after a handover or an edit on a network that answers; as long as
the hourly proof takes where somebody changed it behind the box's back.
"""

from __future__ import annotations

from firmware.call.forwarding import VERIFY_EVERY_S
from hw.simulator.terminal import ForwardingReason
from tests.simulation.box import SimulatedBox
from tests.simulation.promises import Promise
from tests.simulation.truth import RotaTruth

LOOK_EVERY_MS = 120_000
SOON_MS = 5 * 60_000
BEHIND_BACK_MS = round(VERIFY_EVERY_S * 1000) + 10 * 60_000
ALARMS = ("forwarding", "modem", "port", "sim", "network", "clock", "site", "deaf")


class ForwardingWatch:
    """Compares the network's register with the oracle every two minutes."""

    def __init__(self, box: SimulatedBox, truth: RotaTruth) -> None:
        self._box = box
        self._truth = truth
        self._right_ms = 0           # when it was last right, or excused
        self._changed_ms = -BEHIND_BACK_MS
        self.wrong_ms = 0            # how long it was wrong, all in all
        self.longest_ms = 0
        self._told = False
        box.timeline.after(LOOK_EVERY_MS, self._look)

    def changed_behind_back(self) -> None:
        """Somebody else changed it: until the next proof nobody can know."""
        self._changed_ms = self._box.now_ms

    def is_right(self) -> bool:
        """Whether the register is what the rota wants at the box's own time of day."""
        box, truth = self._box, self._truth
        register = box.network.subscriber(box.number).forwarding
        targets = truth.targets(box.moment.utc)
        office = any(number not in truth.names for number in targets)
        alert_mode = truth.service(truth.services[0]).get("mode") == "alert" and not office
        held = ForwardingReason.BUSY, ForwardingReason.NOT_REACHABLE
        numbers = {register.registered(reason) for reason in held}
        no_reply = register.registered(ForwardingReason.NO_REPLY)
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
        self.wrong_ms += LOOK_EVERY_MS
        wrong_ms = now_ms - self._right_ms
        self.longest_ms = max(self.longest_ms, wrong_ms)
        behind = now_ms - self._changed_ms < BEHIND_BACK_MS
        if wrong_ms > (BEHIND_BACK_MS if behind else SOON_MS) and not self._told:
            self._told = True
            register = box.network.subscriber(box.number).forwarding.as_json()
            wanted = self._truth.targets(box.moment.utc)
            what = f"wrong for {wrong_ms // 1000} s: {register}, the rota wants {sorted(wanted)}"
            box.judge.breaks(Promise.FORWARDING, now_ms, what)
