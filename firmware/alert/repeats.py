"""How often each lasting alarm was told, and when it is told again: on disk, over restarts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from firmware.ledger import Ledger
from firmware.moment import read_instant, soonest

AGAIN_AFTER_S = (4 * 3600.0, 86_400.0)   # the last one goes on
TOLD = "bell-told"   # the fact: key -> when it was told last, and how often so far


class Repeats:
    """Waits of at most `AGAIN_AFTER_S`; alarms that are over must be forgotten by `forget`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._told = self._remembered()
        now_s = ledger.moment.monotonic_s
        self._again_s = {key: now_s + self._left_of(key) for key in self._told}
        self.due_s: float | None = None   # monotonic: when the next one is told again
        self._reckon()

    def note(self, keys: Iterable[str]) -> None:
        """These were told just now."""
        now_s, instant = self._ledger.moment.monotonic_s, self._ledger.now.isoformat()
        for key in keys:
            times = (self._told[key][1] if key in self._told else 0) + 1
            self._told[key] = [instant, times]
            self._again_s[key] = now_s + _again_after_s(times)
        self._changed()

    def forget(self, key: str) -> bool:
        """It is over; whether it had been told."""
        if self._told.pop(key, None) is None:
            return False
        self._again_s.pop(key, None)
        self._changed()
        return True

    def put_off(self, keys: Iterable[str], wait_s: float) -> None:
        """Not now."""
        for key in keys:
            self._again_s[key] = self._ledger.moment.monotonic_s + wait_s
        self._reckon()

    def due(self) -> list[str]:
        """What is to be told again now."""
        now_s = self._ledger.moment.monotonic_s
        if self.due_s is None or self.due_s > now_s:
            return []
        return [key for key, at_s in self._again_s.items() if at_s <= now_s]

    def among(self, keys: Iterable[str]) -> list[str]:
        """Those of them that last still."""
        return [key for key in keys if key in self._told]

    def told_at(self, key: str) -> tuple[str, str]:
        """To sort by: when it was told last."""
        return str(self._told[key][0]), key

    def _changed(self) -> None:
        self._ledger.remember(TOLD, dict(self._told))
        self._reckon()

    def _reckon(self) -> None:
        """Once for each change: an alarm for each of hundreds of callers may last, and every step
        of the box asks."""
        self.due_s = soonest(*self._again_s.values())

    def _remembered(self) -> dict[str, list[Any]]:
        found = self._ledger.fact(TOLD)
        if not isinstance(found, dict):
            return {}
        return {
            key: list(entry)
            for key, entry in found.items()
            if self._ledger.alarm(key) is not None
            and len(entry) == 2
            and read_instant(entry[0]) is not None
        }

    def _left_of(self, key: str) -> float:
        """What is left of a wait that began before a restart: never more than one whole wait."""
        last, times = self._told[key]
        wait_s = _again_after_s(times)
        gone_s = (self._ledger.now - datetime.fromisoformat(last)).total_seconds()
        return min(max(wait_s - gone_s, 0.0), wait_s)


def _again_after_s(times: int) -> float:
    return AGAIN_AFTER_S[min(times, len(AGAIN_AFTER_S)) - 1]
