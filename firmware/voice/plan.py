"""Whom to ring for a caller, number by number, and for how long."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from firmware.duty.roster import Roster
from firmware.voice.clip import Clips
from firmware.voice.patience import Patience


@dataclass(frozen=True, slots=True)
class Ringable:
    """One number to ring; ``person`` None where it is a caller's own, rung back by the staff."""

    number: str
    person: str | None


@dataclass(frozen=True, slots=True)
class Errand:
    """One number to ring, and what is said to whoever answers; ``patience`` of the caller on hold.
    """

    to: Ringable
    whisper: Clips
    excuse: Clips
    ring_s: float
    accept_s: float
    patience: Patience


def numbers_to_ring(
    roster: Roster, service: str, never: Collection[str]
) -> tuple[Ringable, ...]:
    """Level by level, person by person, number by number; each number once.

    The one gate (`Roster.refusal`) is asked of each: no emergency number, none of our own. Nobody
    is rung who has one of the numbers in ``never``: they are the caller.
    """
    found: dict[str, Ringable] = {}
    for candidate in roster.candidates(service):
        person = candidate.person
        if not set(person.numbers) & set(never):
            for number in person.numbers:
                if roster.refusal(number) is None:
                    found.setdefault(number, Ringable(number, person.name))
    return tuple(found.values())
