"""So many SMS of alarms a day and no more, however often the box starts."""

from __future__ import annotations

from datetime import datetime, timedelta

from firmware.ledger import Ledger
from firmware.moment import read_instant

DAY_S = 86_400.0
SMS_A_DAY = 12   # to each administrator; callers without an answer are beyond
LEFT = "bell-left"   # the fact: when those of the last day left


class Daily:
    """Those of this run by the monotonic clock. How old those of before are only a clock that is
    believed tells: until then they are kept, and do not count; rather too much is told."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._left_s: list[float] = []
        found = ledger.fact(LEFT)
        known = [read_instant(at) for at in found] if isinstance(found, list) else []
        self._before = [at for at in known if at is not None][-SMS_A_DAY:]
        self._is_dated = True   # on disk

    @property
    def left(self) -> int:
        """How many more there are now."""
        now_s = self._ledger.moment.monotonic_s
        self._left_s = [at_s for at_s in self._left_s if at_s > now_s - DAY_S]
        return SMS_A_DAY - len(self._left_s) - len(self._recent())

    def count(self) -> None:
        """One has left."""
        self._left_s.append(self._ledger.moment.monotonic_s)
        self._write()

    def give_back(self) -> None:
        """The one that left last came to nothing."""
        if self._left_s:
            self._left_s.pop()
        elif self._before:
            self._before.pop()
        self._write()

    def look(self) -> None:
        """The time may be known by now at which those of this run left."""
        if not self._is_dated and self._ledger.moment.utc_trusted:
            self._write()

    def _recent(self) -> list[datetime]:
        moment = self._ledger.moment
        if not moment.utc_trusted:
            return []
        ages_s = ((moment.utc - at).total_seconds() for at in self._before)
        return [at for at, s in zip(self._before, ages_s, strict=True) if 0 <= s < DAY_S]

    def _write(self) -> None:
        moment = self._ledger.moment
        if moment.utc_trusted:
            self._before = self._recent()
        self._is_dated = moment.utc_trusted
        ages = [timedelta(seconds=moment.monotonic_s - at_s) for at_s in self._left_s]
        instants = [*self._before, *(moment.utc - age for age in ages)][-SMS_A_DAY:]
        self._ledger.remember(LEFT, [at.isoformat(timespec="seconds") for at in instants])
