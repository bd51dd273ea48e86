"""Who is on duty now and next, for one service, as the start page shows it.

Nothing is decided here: each answer is asked of `firmware.rota`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.rota import (
    Duty,
    Gap,
    Person,
    Rota,
    Service,
    everybody,
    gaps,
    next_handover,
    next_opening_change,
    office_number,
    on_duty,
)

GAP_HORIZON = timedelta(days=14)  # as far as the posting of a rota looks ahead in practice
HANDOVERS_MAX = 24  # of other levels, passed over in search of level 1's next change


@dataclass(frozen=True, slots=True)
class Office:
    """The office telephone takes the calls until ``until`` (UTC; None: for ever)."""

    number: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Next:
    """At ``at`` (UTC) these come on duty at level 1; ``people`` is empty when nobody does."""

    at: datetime
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service's card.

    ``first`` is on duty at level 1 and ``backup`` at the others; ``gap`` is the stretch without
    anybody now, ``coming_gap`` the next one within `GAP_HORIZON`, or the one now running on.
    ``everybody`` is only filled while the box does not know the time: it then alerts them all.
    """

    service: Service
    office: Office | None
    first: tuple[Duty, ...]
    backup: tuple[Duty, ...]
    next: Next | None
    gap: Gap | None
    coming_gap: Gap | None
    everybody: tuple[Person, ...] = ()

    @property
    def nobody(self) -> bool:
        return self.gap is not None


def service_status(
    rota: Rota, service: Service, now: datetime, *, clock_trusted: bool = True
) -> ServiceStatus:
    """The state of ``service`` at ``now`` (UTC)."""
    name = service.name
    duties = on_duty(rota, name, now)
    ahead = gaps(rota, name, now, now + GAP_HORIZON, office_counts=True)
    running = ahead[0] if ahead and ahead[0].start <= now else None
    return ServiceStatus(
        service=service,
        office=_office(rota, name, now) if clock_trusted else None,
        first=tuple(duty for duty in duties if duty.level == 1),
        backup=tuple(duty for duty in duties if duty.level != 1),
        next=_next(rota, name, now),
        gap=running,
        coming_gap=next((gap for gap in ahead if gap is not running), None),
        everybody=() if clock_trusted else everybody(rota, name),
    )


def _office(rota: Rota, name: str, now: datetime) -> Office | None:
    number = office_number(rota, name, now)
    return Office(number, next_opening_change(rota, name, now)) if number else None


def _next(rota: Rota, name: str, now: datetime) -> Next | None:
    """Level 1's next change of people, passing over handovers of the other levels."""
    present = _level_one(rota, name, now)
    at: datetime | None = now
    for _ in range(HANDOVERS_MAX):
        at = next_handover(rota, name, at) if at is not None else None
        if at is None:
            return None
        people = _level_one(rota, name, at)
        if people != present:
            return Next(at, people)
    return None


def _level_one(rota: Rota, name: str, at: datetime) -> tuple[Person, ...]:
    return tuple(duty.person for duty in on_duty(rota, name, at) if duty.level == 1)
