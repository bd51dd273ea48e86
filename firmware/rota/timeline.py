"""A value that changes over time, computed a stretch at a time where somebody asks.

A timeline knows nothing of rotas: it is given a function that computes any stretch, keeps what was
computed within a budget, and joins stretches into pieces that a caller walks in both directions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Generic, TypeVar

from firmware.rota.local_time import EARLIEST, LATEST

V = TypeVar("V")

Change = tuple[datetime, V]
Piece = tuple[datetime, datetime, V]

_CHUNK_DAYS_MIN, _CHUNK_DAYS_MAX = 8, 256
_CHANGES_IN_CHUNK = 160
# About 3 MB: five years of an hourly rota, a lifetime of a daily one.
_KEPT_CHANGES_MAX = 45_000


class Timeline(Generic[V]):
    """Walks the values of ``compute(low, high)``.

    ``compute`` answers with the changes in [low, high), the first of them at ``low``;
    ``changes_per_day`` is an estimate that sizes the stretches. Instants given to the methods lie
    in UTC between ``EARLIEST`` and ``LATEST``. Safe to share between threads: at worst a stretch
    is computed twice.
    """

    def __init__(
        self,
        compute: Callable[[datetime, datetime], list[Change[V]]],
        changes_per_day: float,
    ) -> None:
        self._compute = compute
        days = int(_CHANGES_IN_CHUNK / max(changes_per_day, 0.01))
        self._days = min(max(days, _CHUNK_DAYS_MIN), _CHUNK_DAYS_MAX)
        self._first = EARLIEST.toordinal() // self._days
        self._last = LATEST.toordinal() // self._days
        self._chunks: dict[int, tuple[list[datetime], list[V]]] = {}
        self._kept = 0

    def at(self, instant: datetime) -> tuple[datetime, V]:
        """The value at ``instant`` and an instant at or before it since which it has held."""
        starts, values = self._chunk(instant.toordinal() // self._days)
        index = bisect_right(starts, instant) - 1
        return starts[index], values[index]

    def forward(self, instant: datetime) -> Iterator[Piece[V]]:
        """Pieces (start, end, value) from the one that holds ``instant`` to the end of time.

        Neighbours may hold equal values.
        """
        number = instant.toordinal() // self._days
        index = bisect_right(self._chunk(number)[0], instant) - 1
        while number <= self._last:
            starts, values = self._chunk(number)
            number += 1
            after = self._start(number)
            for at in range(index, len(starts)):
                yield starts[at], starts[at + 1] if at + 1 < len(starts) else after, values[at]
            index = 0

    def backward(self, instant: datetime) -> Iterator[Piece[V]]:
        """Pieces from the one that holds ``instant`` back to the beginning of time."""
        number = instant.toordinal() // self._days
        index = bisect_right(self._chunk(number)[0], instant) - 1
        while number >= self._first:
            starts, values = self._chunk(number)
            after = self._start(number + 1)
            for at in range(index if index >= 0 else len(starts) - 1, -1, -1):
                yield starts[at], starts[at + 1] if at + 1 < len(starts) else after, values[at]
            index = -1
            number -= 1

    def _chunk(self, number: int) -> tuple[list[datetime], list[V]]:
        chunk = self._chunks.get(number)
        if chunk is None:
            changes = self._compute(self._start(number), self._start(number + 1))
            chunk = [start for start, _ in changes], [value for _, value in changes]
            if self._kept > _KEPT_CHANGES_MAX:
                self._chunks, self._kept = {}, 0
            self._chunks[number] = chunk
            self._kept += len(changes) + 2
        return chunk

    def _start(self, number: int) -> datetime:
        return datetime.fromordinal(max(number * self._days, 1)).replace(tzinfo=UTC)
