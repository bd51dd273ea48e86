"""What the staff of a simulated year do when the box asks them to press 1."""

from __future__ import annotations

from random import Random

from tests.simulation.box import SimulatedBox
from tests.simulation.people import People

MOOD_EVERY_MS = 3 * 3_600_000
KEYS = ("1", "1", "1", "1", "1", "2", "", "51")


class Keys:
    """Drawn by a chance of its own: the year without a voice stays what it was."""

    def __init__(self, box: SimulatedBox, random: Random, people: People) -> None:
        self._box = box
        self._random = random
        self._people = people

    def begin(self) -> None:
        """Every few hours another mood; in the end everybody accepts."""
        for phone in self._people.phones():
            diligent = self._people.diligent
            phone.keys_on_answer = "1" if diligent else self._random.choice(KEYS)
            phone.keys_after_ms = self._random.choice((1_000, 3_000, 8_000))
            phone.machine_after_ms = self._random.choice((None, None, 14_000))
        if not self._people.diligent:
            self._box.timeline.after(MOOD_EVERY_MS, self.begin)
