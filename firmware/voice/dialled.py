"""What was dialled in one search: since when it counts, and whether the list shows that number.

The wire has no checksum, and ATD may have lost a digit: whoever is rung then must not be asked.
"""

from __future__ import annotations

from firmware.call.forwarding_settings import same_number
from firmware.guard.call_budget import CallBudget

SURE_AFTER = 2   # lists in a row that show another number: a line of one may be garbled itself


class Dialled:
    """Times are monotonic. ``another`` is set once the lists agree that it is another number."""

    def __init__(self, budget: CallBudget) -> None:
        self._budget = budget
        self._at_s: float | None = None
        self._others = 0
        self.times = 0
        self.another = False

    def placed(self, now_s: float) -> None:
        """ATD is about to be sent."""
        self.over(now_s)
        self._budget.placed(now_s)
        self._at_s, self._others, self.another = now_s, 0, False
        self.times += 1

    def over(self, now_s: float) -> None:
        """What was dialled is over."""
        if self._at_s is not None:
            self._budget.lasted(now_s - self._at_s, now_s)
        self._at_s = None

    def age_s(self, now_s: float) -> float:
        """How long ago it was dialled; 0 before."""
        return now_s - self._at_s if self._at_s is not None else 0.0

    @property
    def once_more(self) -> bool:
        """Another number was rung, for the first time."""
        return self.another and self.times == 1

    def shows(self, wanted: str, number: str | None) -> bool:
        """Whether a list with this ``number`` may be of what was to be dialled; None: it shows
        none."""
        right = not number or same_number(wanted, number)
        self._others = 0 if right else self._others + 1
        self.another = self._others >= SURE_AFTER
        return right
