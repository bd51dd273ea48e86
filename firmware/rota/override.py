"""Overrides: absences, additions and replacements, applied in the order of entry."""

from __future__ import annotations

from collections.abc import Iterable

from firmware.rota.values import DutyType, Override

Crew = dict[str, DutyType]


def apply(overrides: Iterable[Override], crew: Crew, added_type: DutyType) -> Crew:
    """The people on duty after ``overrides``, each with the type of the duty.

    ``out`` alone takes away, ``in_`` alone adds, both replace only if ``out`` is there at that
    point; so a later override of an override wins. A replacement keeps the type of the duty that
    it takes over; an addition has ``added_type``.
    """
    crew = dict(crew)
    for override in overrides:
        duty_type = added_type
        if override.out is not None:
            if override.out not in crew:
                continue
            duty_type = crew.pop(override.out)
        if override.in_ is not None:
            crew.setdefault(override.in_, duty_type)
    return crew
