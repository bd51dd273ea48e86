"""Whom to ring for a caller, number by number, and for how long."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import inf

from firmware.duty.roster import Roster
from firmware.voice.clip import Clips


@dataclass(frozen=True, slots=True)
class Ringable:
    """One number to ring; ``person`` None where it is a caller's own, rung back by the staff."""

    number: str
    person: str | None


@dataclass(frozen=True, slots=True)
class Errand:
    """One number to ring, and what is said to whoever answers. From ``back_by_s`` on nobody is
    rung or asked any more; at ``over_by_s`` the caller is back, or lost."""

    to: Ringable
    whisper: Clips
    excuse: Clips
    ring_s: float
    accept_s: float
    back_by_s: float = inf
    over_by_s: float = inf

    def within(self, due_s: float, *, returning: bool) -> float:
        """The caller's patience goes before everything: first whoever is rung is let go, and at
        the very end the call."""
        return min(due_s, self.over_by_s if returning else self.back_by_s)


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
