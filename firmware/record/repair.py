"""That the data were repaired, as the mending leaves it in the file: the program that would have
told of it may die before anybody has heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from firmware.moment import BUILT, read_instant

UNTOLD_REPAIR = "data-mended"   # the fact; None once it was told


@dataclass(frozen=True, slots=True)
class Repair:
    """``backup_of`` and ``rota_is_current``: see `DataMended`."""

    backup_of: datetime | None
    rota_is_current: bool

    def as_fact(self) -> dict[str, object]:
        made_at = self.backup_of.isoformat() if self.backup_of is not None else None
        return {"backup_of": made_at, "rota_is_current": self.rota_is_current}


def repair_from(fact: object) -> Repair | None:
    """None for what is none: a fact may come from a damaged card."""
    if not isinstance(fact, dict):
        return None
    made_at = read_instant(fact.get("backup_of"))
    if made_at is not None and not BUILT <= made_at < BUILT.replace(year=9000):
        made_at = None
    return Repair(made_at, fact.get("rota_is_current") is True)
