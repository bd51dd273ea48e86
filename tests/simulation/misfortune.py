"""Bad luck, drawn from the seed: which faults there are in a run, how often, and when they strike.

Two kinds. What goes wrong in passing (a lost byte, a late reply) has a chance at each occasion.
What happens at an instant (a reboot, a full disk, a power cut) is an incident: so many a day, at
any time or in the middle of a call or an SMS, just before the n-th effect from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random

from hw.simulator.faults import Fault
from hw.simulator.store_and_forward import ServiceCentreBehaviour
from tests.simulation.box import SimulatedBox
from tests.simulation.incidents import INCIDENTS, Incident, Scene

DAY_MS = 86_400_000
ENABLED = 0.6               # of all faults in a run: a swarm finds more than everything at once
INCIDENTS_PER_DAY = 100.0   # at a rate of 1: one a day at 1 %
IN_WORK = 0.6               # of the incidents: in the middle of something
EFFECTS_AWAY = 40           # an incident in mid-work strikes before one of so many effects
# The chance at each occasion is the rate times this, times a draw; a byte has many occasions
WIRE: dict[Fault, float] = {
    Fault.LOSE_BYTE: 0.004,
    Fault.GARBLE_BYTE: 0.002,
    Fault.NUL_BYTE: 0.004,
    Fault.SPLIT: 1.0,
    Fault.DELAY: 1.0,
    Fault.ECHO_RETURNS: 0.05,
    Fault.URC_IN_REPLY: 1.0,
    Fault.LATE_REPLY: 0.5,
    Fault.NO_REPLY: 0.5,
    Fault.HIDDEN_PROMPT: 1.0,
    Fault.REFUSE_CHLD0: 1.0,
    Fault.REFUSE_CCFC: 0.3,
    Fault.CMS_ERROR: 1.0,
    Fault.LOSE_CMTI: 1.0,
    Fault.DOUBLE_CMTI: 1.0,
}
NETWORK = {"sms_error": 1.0, "submit_answer_lost": 0.3, "ss_error": 0.5, "call_congestion": 0.2}


class Misfortune:
    """All faults of one run. ``rate`` 0 draws nothing."""

    def __init__(self, scene: Scene, random: Random, rate: float) -> None:
        self._scene = scene
        self._box: SimulatedBox = scene.box
        self._random = random
        self._rate = rate
        self._until_ms = 0
        self._armed: list[Callable[[], object]] = []
        self.struck: Counter[str] = Counter()
        self.incidents = [each for each in INCIDENTS if random.random() < ENABLED] if rate else []

    def begin(self, until_ms: int) -> None:
        """From now on until then."""
        self._until_ms = until_ms
        if not self._rate:
            return
        for fault, weight in WIRE.items():
            self._box.wire.set_rate(fault, self._draw(weight))
        network = self._box.network
        for name, weight in NETWORK.items():
            setattr(network.rates, name, self._draw(weight))
        network.service_centre.behaviour = ServiceCentreBehaviour(
            duplicate=self._draw(1.0), reorder=self._draw(1.0), report_loss=self._draw(1.0)
        )
        self._day()

    def end(self) -> None:
        """No fault any more; what was broken is mended by whoever mends such things."""
        self._armed.clear()
        self._box.wire.clear()
        network = self._box.network
        for name in NETWORK:
            setattr(network.rates, name, 0.0)
        network.service_centre.behaviour = ServiceCentreBehaviour()
        self._scene.mend_everything()

    def _draw(self, weight: float) -> float:
        enabled = self._random.random() < ENABLED
        share = self._random.uniform(0.2, 2.0)
        return min(1.0, self._rate * weight * share) if enabled else 0.0

    # Incidents

    def _day(self) -> None:
        box, random = self._box, self._random
        if box.now_ms >= self._until_ms or not self.incidents:
            return
        box.timeline.after(DAY_MS, self._day)
        mean = self._rate * INCIDENTS_PER_DAY
        for _ in range(max(0, round(random.gauss(mean, mean**0.5)))):
            incident = random.choice(self.incidents)
            wait_ms = random.randrange(DAY_MS)
            if box.now_ms + wait_ms < self._until_ms:
                box.timeline.after(wait_ms, partial(self._come, incident))

    def _come(self, incident: Incident) -> None:
        if self._random.random() < IN_WORK:
            strike = partial(self._strike, incident)
            soon = partial(self._box.timeline.after, 0, strike)
            self._armed.append(strike if incident.at_once else soon)
        else:
            self._strike(incident)

    def work_begins(self) -> None:
        """A call or a text is on its way to the box: what waits for that strikes soon."""
        if self._armed and self._box.trap is None:
            strike = self._armed.pop(0)
            self._box.trap = (self._random.randrange(EFFECTS_AWAY), strike)

    def _strike(self, incident: Incident) -> None:
        if self._box.now_ms >= self._until_ms:
            return
        self.struck[incident.name] += 1
        self._box.judge.saw(self._box.now_ms, "fault", incident.name)
        incident.strike(self._scene)

    def counts(self) -> Counter[str]:
        """How often each fault has struck, for the ledger."""
        seen = {fault.value: count for fault, count in self._box.wire.seen.items()}
        return Counter(seen) + self.struck
