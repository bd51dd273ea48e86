"""So many SMS of alarms a day and no more, however often the box starts."""

from __future__ import annotations

from firmware.ledger import Ledger
from firmware.moment import read_seconds

DAY_S = 86_400.0
SMS_A_DAY = 12   # to each administrator; callers without an answer are beyond
LEFT = "bell-left"   # the fact: when those of the last day left, by the time for which the box ran


class Daily:
    """A day is one of running: a box that starts anew all day often does not know the time."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        found = ledger.fact(LEFT)
        known = [read_seconds(at) for at in found] if isinstance(found, list) else []
        latest_s = ledger.running_s + 1.0   # what is said to lie ahead is of a damaged card
        self._left_s = [at_s for at_s in known if at_s is not None and at_s <= latest_s]

    @property
    def left(self) -> int:
        """How many more there are now."""
        now_s = self._ledger.running_s
        self._left_s = [at_s for at_s in self._left_s if at_s > now_s - DAY_S]
        return SMS_A_DAY - len(self._left_s)

    def count(self) -> None:
        """One leaves."""
        self._left_s.append(self._ledger.running_s)
        self._write()

    def give_back(self) -> None:
        """The one that left last came to nothing."""
        if self._left_s:
            self._left_s.pop()
            self._write()

    def _write(self) -> None:
        self._ledger.note_running()   # or they would lie ahead of it after a restart
        self._ledger.remember(LEFT, [round(at_s) for at_s in self._left_s])
