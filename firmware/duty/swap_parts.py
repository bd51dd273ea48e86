"""A swap of shifts as the page asks for it and as the daemon keeps it: values that both read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

FACT = "swap:"   # and the id of its alert
ASKED, AGREED, DECLINED, SILENT, STALE, WITHDRAWN = (
    "asked", "agreed", "declined", "silent", "stale", "withdrawn"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One shift, or a piece of one, that changes hands: ``giver`` to ``taker``."""

    giver: str
    taker: str
    service: str
    level: int
    start: datetime
    end: datetime


def parts_of(values: Mapping[str, object]) -> tuple[Part, ...]:
    """The parts of a swap as the page asks for it and the fact keeps it; ``ValueError`` if it
    cannot be read. The second, where there is one, is what the other gives in return."""
    by, other = str(values.get("by", "")), str(values.get("other", ""))
    there = Part(by, other, *_piece(values, ""))
    if not values.get("back_service"):
        return (there,)
    return (there, Part(other, by, *_piece(values, "back_")))


def _piece(values: Mapping[str, object], prefix: str) -> tuple[str, int, datetime, datetime]:
    start, end = (_instant(values.get(f"{prefix}{name}")) for name in ("start", "end"))
    if start >= end:
        raise ValueError("it ends before it starts")
    level = int(str(values.get(f"{prefix}level", "")))
    return str(values.get(f"{prefix}service", "")), level, start, end


def _instant(value: object) -> datetime:
    found = datetime.fromisoformat(str(value))
    if found.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return found.astimezone(UTC)
