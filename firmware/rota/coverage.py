"""Gaps: when nobody is on duty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from firmware.rota.level import service_rota
from firmware.rota.local_time import as_utc
from firmware.rota.opening_hours import office_spans
from firmware.rota.values import Rota
from firmware.rota.window import Span, without


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody is on duty from ``start`` to ``end`` (UTC, end exclusive)."""

    start: datetime
    end: datetime


def gaps(
    rota: Rota,
    service_name: str,
    start: datetime,
    end: datetime,
    level: int = 1,
    *,
    office_counts: bool = False,
) -> tuple[Gap, ...]:
    """The stretches of [start, end) with nobody on duty at ``level``, cut to it, in order.

    With ``office_counts`` the hours in which the office telephone takes the calls are no gaps.
    Raises as ``on_duty`` does.
    """
    start, end = as_utc(start), as_utc(end)
    service = service_rota(rota, service_name)
    level_rota = service.level(level)
    empty: list[Span] = []
    if start < end and level_rota is None:
        empty.append((start, end))
    elif level_rota is not None:
        for piece_start, piece_end, crew in level_rota.timeline.forward(start):
            if piece_start >= end:
                break
            if not crew:
                empty.append((max(piece_start, start), min(piece_end, end)))
    if office_counts:
        empty = without(empty, office_spans(rota, service_name, start, end))
    return tuple(_joined(empty))


def _joined(spans: list[Span]) -> list[Gap]:
    found: list[Gap] = []
    for start, end in spans:
        if found and found[-1].end == start:
            found[-1] = Gap(found[-1].start, end)
        elif start < end:
            found.append(Gap(start, end))
    return found
