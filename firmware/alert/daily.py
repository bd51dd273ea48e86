"""So many SMS of alarms a day and no more, however often the box starts. The last ones are kept for
alarms that begin or end: what comes and goes all day must not use them up."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from firmware.ledger import Ledger
from firmware.moment import read_seconds

DAY_S = 86_400.0
SMS_A_DAY = 12   # to each administrator; callers without an answer are beyond
KEPT = 4         # of them, for what was not told by one of these that day
# The fact: when those of the last day left, by the time for which the box ran, and which beginnings
# and ends those have told that were kept
LEFT = "bell-left"

_Entry = tuple[float, tuple[str, ...]]


class Daily:
    """A day is one of running: a box that starts anew all day often does not know the time."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        found = ledger.fact(LEFT)
        known = [_read(entry) for entry in found] if isinstance(found, list) else []
        latest_s = ledger.running_s + 1.0   # what is said to lie ahead is of a damaged card
        self._left = [entry for entry in known if entry is not None and entry[0] <= latest_s]

    @property
    def free(self) -> int:
        """How many more there are now, with those that are kept."""
        return SMS_A_DAY - len(self._lately())

    @property
    def told(self) -> set[str]:
        """What one of those that are kept has told in the last day."""
        return _told(self._lately())

    def wait_s(self, changes: Collection[str], *, instead: bool) -> float:
        """How long an SMS has to wait that tells of these changes, by name; none: of what lasts.
        ``instead``: of the one that left last, which nobody has had."""
        entries = self._others(instead=instead)
        limit = SMS_A_DAY if set(changes) - _told(entries) else SMS_A_DAY - KEPT
        if len(entries) < limit:
            return 0.0
        return entries[len(entries) - limit][0] + DAY_S - self._ledger.running_s

    def count(self, changes: Collection[str], *, instead: bool) -> None:
        """One leaves."""
        entries = self._others(instead=instead)
        kept = len(entries) >= SMS_A_DAY - KEPT
        self._left = [*entries, (self._ledger.running_s, tuple(sorted(changes)) if kept else ())]
        self._ledger.note_running()   # or they would lie ahead of it after a restart
        self._ledger.remember(LEFT, [[round(at_s), list(told)] for at_s, told in self._left])

    def _others(self, *, instead: bool) -> list[_Entry]:
        return self._lately()[:-1] if instead else self._lately()

    def _lately(self) -> list[_Entry]:
        since_s = self._ledger.running_s - DAY_S
        self._left = [entry for entry in self._left if entry[0] > since_s]
        return self._left


def _told(entries: Iterable[_Entry]) -> set[str]:
    return {key for _, told in entries for key in told}


def _read(entry: object) -> _Entry | None:
    """Also what a version before wrote: the instant alone."""
    match entry:
        case [at, [*keys]]:
            told = tuple(key for key in keys if isinstance(key, str))
        case at:
            told = ()
    at_s = read_seconds(at)
    return None if at_s is None else (at_s, told)
