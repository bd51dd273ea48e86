"""How long after each fault calls are taken again: `python -m tests.simulation.clinic`.

Each
fault strikes a box that is well, alone, at a random moment, so many times.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median

from firmware.recovery.permits import RecoveryOptions
from tests.simulation.box import SimulatedBox
from tests.simulation.incidents import INCIDENTS, Incident, Scene
from tests.simulation.outages import Outages
from tests.simulation.pace import STRUCK, Pace
from tests.simulation.town import draw_site, site_text
from tests.simulation.truth import RotaTruth
from tests.simulation.watch_forwarding import ForwardingWatch

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
WELL_S, LOOK_S, PATIENCE_S = 120, 60, 40 * 60
TRIALS = 10
# What keeps the box from hearing, and what only people can mend (counted from their mending)
BY_SOFTWARE = (
    "modem restarts", "USB stumbles", "modem falls silent", "modem hangs", "SMS store full",
    "disk full", "daemon killed between two effects",
)  # fmt: skip
BY_PEOPLE = (
    "USB vanishes, comes back under another name", "SIM busy", "SIM removed",
    "registration lost", "registration denied", "power cut",
)  # fmt: skip
MEDIAN_MAX_S, WORST_MAX_S = 15.0, 180.0


class Patient(SimulatedBox):
    """A box with its own times."""

    pace = STRUCK

    def keep_pace(self, pace: Pace) -> None:
        """Whatever strikes."""


def trial(incident: Incident, seed: int) -> float:
    """Seconds until calls are taken again; 0 where the box never was deaf."""
    site = draw_site(Random("clinic"))
    luck = Random(f"clinic {incident.name} {seed}")
    with tempfile.TemporaryDirectory(prefix="veilleur-") as folder:
        options = RecoveryOptions(power=True)
        box = Patient(Path(folder), site_text(site), start=START, seed=seed, recovery=options)
        outages = Outages(box)
        scene = Scene(box, luck, outages, ForwardingWatch(box, RotaTruth(site)))
        box.modem.power_on()
        box.run(WELL_S + luck.uniform(0, 60))
        incident.strike(scene)
        for _ in range(0, PATIENCE_S, LOOK_S):
            box.run(LOOK_S)
            if outages.settled:
                break
        box.database.close()
        return max(outages.recoveries.seconds(), default=float(PATIENCE_S))


def measure(names: tuple[str, ...], trials: int) -> dict[str, list[float]]:
    """The seconds of each trial of these faults."""
    return {
        incident.name: [trial(incident, seed) for seed in range(1, trials + 1)]
        for incident in INCIDENTS
        if incident.name in names
    }


def table(found: dict[str, list[float]]) -> list[str]:
    """Median and worst of each, and of all."""
    every = [seconds for times in found.values() for seconds in times]
    return [
        *(f"{name:<48} {median(times):>7.1f} {max(times):>7.1f}" for name, times in found.items()),
        f"{'all of these':<48} {median(every):>7.1f} {max(every):>7.1f}",
    ]


def main(trials: int) -> int:
    print(f"seconds until calls are taken again, {trials} trials each: median, worst")
    software = measure(BY_SOFTWARE, trials)
    print("\n".join(["mended by software alone:", *table(software)]))
    people = measure(BY_PEOPLE, trials)
    print("\n".join(["counted from when people have mended it:", *table(people)]))
    every = [seconds for times in software.values() for seconds in times]
    return int(median(every) >= MEDIAN_MAX_S or max(every) >= WORST_MAX_S)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS))
