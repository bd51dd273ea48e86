"""While the box cannot hear, an alarm is up: nothing fails in silence."""

from __future__ import annotations

from tests.simulation.box import SimulatedBox
from tests.simulation.promises import Promise

# The page shows them; an SMS tells of them once one can leave (`watch_alarms`)
ALARMS = ("modem", "sim", "network", "recovery")
WITHIN_MS = 300_000   # a network that is lost is one after three minutes: most come back sooner


class OutageWatch:
    """Looked at every few seconds while the box cannot hear. A modem that is registered and deaf
    does not know it, and a box that is off tells nobody: their time does not count."""

    def __init__(self, box: SimulatedBox) -> None:
        self._box = box
        self._quiet_ms = 0     # since then it could have told, and has not
        self._broken = False   # in this outage, already

    def look(self, began_ms: int) -> None:
        """The outage that began then goes on."""
        box = self._box
        if began_ms > self._quiet_ms:
            self._quiet_ms, self._broken = began_ms, False
        deaf = box.network.subscriber(box.number).conditions.deaf
        if box.dead or deaf or any(key in box.books.alarms for key in ALARMS):
            self._quiet_ms = box.now_ms
        elif box.now_ms - self._quiet_ms > WITHIN_MS and not self._broken:
            self._broken = True
            what = f"cannot hear since {box.judge.utc(began_ms):%H:%M:%S}, and no alarm is up"
            box.judge.breaks(Promise.ALARMED, self._quiet_ms, what)
