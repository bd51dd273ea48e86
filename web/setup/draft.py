"""What the first start has gathered so far, and the rota that it makes.

Each step writes its part alone; the rota comes into being when the last of them is confirmed. So
every step can be left and taken up again, and the daemon never meets half a site.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from firmware.rota import Person, Rota, Rotation, Service, Site, Step
from firmware.rota.values import StepUnit
from firmware.store.plain import from_plain, to_plain
from web.box import box

NAME = "setup"
LEVEL = 1


@dataclass(frozen=True, slots=True)
class Turns:
    """Who takes turns, from which wall-clock instant on, changing every ``unit``."""

    start: datetime
    unit: StepUnit
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetupDraft:
    """None or empty: that step has not been done yet."""

    site: Site | None = None
    people: tuple[Person, ...] = ()
    service: Service | None = None
    turns: Turns | None = None

    def rota(self) -> Rota:
        """As far as it has come."""
        assert self.site is not None, "the first step comes first"  # noqa: S101
        services = (self.service,) if self.service is not None else ()
        rotations: tuple[Rotation, ...] = ()
        if self.service is not None and self.turns is not None:
            turn = self.turns
            rotations = (
                Rotation(
                    self.service.name, LEVEL, turn.start, Step(1, turn.unit), turn.people
                ),
            )
        return Rota(self.site, self.people, services, rotations)


def load() -> SetupDraft:
    """What was saved; what a newer or older program wrote and this one cannot read is left out."""
    stored = box().drafts.get(NAME)
    draft = SetupDraft()
    kinds: dict[str, Any] = {
        "site": Site,
        "people": tuple[Person, ...],
        "service": Service,
        "turns": Turns,
    }
    for name, kind in kinds.items():
        if stored.get(name):
            try:
                draft = replace(draft, **{name: from_plain(kind, stored[name])})
            except (ValueError, TypeError):
                continue
    return draft


def save(draft: SetupDraft) -> None:
    box().drafts.put(NAME, cast(dict[str, object], to_plain(draft)), box().clock())
